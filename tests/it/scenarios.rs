//! The conversations of `tests/scenarios`, played with the offline model. Each must come out as written.

use std::path::Path;

use plumbline::scenario::Scenario;

use crate::house::House;

#[tokio::test]
async fn the_offline_model_plays_every_scenario() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/scenarios");
    let mut files: Vec<_> = std::fs::read_dir(&folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(files.len() >= 12, "{files:?}");
    let mut differs = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap().to_string_lossy().into_owned();
        let house = House::with(None).await;
        match Scenario::read(&file).unwrap().play(&house.play).await {
            Ok(found) => differs.extend(found.into_iter().map(|what| format!("{name}: {what}"))),
            Err(error) => differs.push(format!("{name}: {error:#}")),
        }
        house.end().await;
    }
    assert!(differs.is_empty(), "{}", differs.join("\n"));
}
