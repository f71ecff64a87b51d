//! Foreign clients against the sandbox: PyWa and two of npm, when this machine has them.
//! Where one is missing, its test says so loudly and passes, but not in CI (`PLUMBLINE_CI`).

use std::process::Command;

use crate::stage::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn pywa_works_unchanged_but_for_the_base_url() {
    let python = std::env::var("PYWA_PYTHON").unwrap_or_else(|_| "python3".into());
    let importable = Command::new(&python).args(["-c", "import pywa, httpx, starlette, uvicorn"]).output();
    if !importable.is_ok_and(|output| output.status.success()) {
        assert!(std::env::var("PLUMBLINE_CI").is_err(), "CI must have pywa for {python}");
        println!("SKIPPED: {python} cannot import pywa; see sandbox/tests/clients/requirements.txt");
        return;
    }
    let stage = Stage::with(|config| {
        config.webhook_url = None;
        config.switches.contacts_on_failed = true;
    })
    .await;
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/clients/pywa_smoke.py");
    let base = stage.sandbox.base_url().to_owned();
    let output =
        tokio::task::spawn_blocking(move || Command::new(python).args([script, &base]).output().unwrap())
            .await
            .unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{out}\n{err}");
    assert!(out.contains("PYWA OK"), "{out}\n{err}");
}

/// A script of `tests/clients/graph_js`, where node and the pinned packages are there.
async fn by_node(script: &'static str) {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/clients/graph_js");
    let node = Command::new("node").arg("--version").output().is_ok_and(|output| output.status.success());
    if !node || !std::path::Path::new(folder).join("node_modules/@kapso").exists() {
        assert!(std::env::var("PLUMBLINE_CI").is_err(), "CI must have node and the packages of {folder}");
        eprintln!("SKIPPED: {script} needs node, and npm ci in tests/clients/graph_js");
        return;
    }
    let stage = Stage::with(|config| config.webhook_url = None).await;
    let base = stage.sandbox.base_url().to_owned();
    let run = move || Command::new("node").current_dir(folder).args([script, &base]).output().unwrap();
    let output = tokio::task::spawn_blocking(run).await.unwrap();
    let (out, err) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success() && out.contains(" HOLD"), "{out}\n{err}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_npm_client_of_kapso_works_unchanged_but_for_the_base_url() {
    by_node("kapso_smoke.mjs").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_npm_client_of_great_detail_works_unchanged_but_for_the_base_url() {
    by_node("great_detail_smoke.mjs").await;
}
