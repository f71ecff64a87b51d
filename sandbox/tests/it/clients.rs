//! Foreign clients against the sandbox: PyWa, when this machine has it.
//! Where it is missing, the test says so loudly and passes, but not in CI (`PLUMBLINE_CI`).

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
