//! A house for a test: a folder of its own, free ports, a clock that the test moves, and a model if the test brings one.

use std::{collections::BTreeMap, sync::Arc};

use agents::model::Model;
use domain::contact::Role;
use plumbline::{
    commands::eval,
    play::{Play, Said},
    settings::{Settings, Sources},
    shutdown::Shutdown,
};
use store::{
    check::{self, Look},
    queue,
};
use tempfile::TempDir;

pub struct House {
    pub play: Play,
    stop: Shutdown,
    _folder: TempDir,
}

impl House {
    /// A house whose agents think with `model`, or offline.
    pub async fn with(model: Option<Arc<dyn Model>>) -> Self {
        Self::set(model, &[]).await
    }

    /// The same with settings as the environment would give them.
    pub async fn set(model: Option<Arc<dyn Model>>, variables: &[(&str, &str)]) -> Self {
        Self::build(model, variables, false).await
    }

    /// A house whose model's words are streamed.
    pub async fn streaming(variables: &[(&str, &str)]) -> Self {
        Self::build(None, variables, true).await
    }

    async fn build(model: Option<Arc<dyn Model>>, variables: &[(&str, &str)], stream: bool) -> Self {
        // Whoever installed it first, it is the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let variables: BTreeMap<String, String> =
            variables.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let settings = Settings::load(&Sources { variables, ..Sources::default() }).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let (play, stop) = eval::house(&settings, folder.path(), model, stream).await.unwrap();
        Self { play, stop, _folder: folder }
    }

    /// What `role` was told since last asked, one text.
    pub fn heard(&self, role: Role) -> String {
        let said = self.play.take();
        join(&said, role)
    }

    /// Ends the story: nothing may be left to do.
    pub async fn end(self) {
        self.stop.stop();
        let look = Look { at_rest: Some(self.play.belt.now()), ..Look::default() };
        let findings = check::findings(&self.play.belt.store, look).await.unwrap();
        assert!(findings.is_empty(), "{findings:#?}");
        let status = queue::status(&mut self.play.belt.store.reader(), self.play.belt.now()).await.unwrap();
        assert_eq!((status.inbox.pending, status.inbox.leased), (0, 0), "arrivals were left over");
        assert_eq!((status.outbox.pending, status.outbox.leased), (0, 0), "words were left unsaid");
        assert_eq!((status.turns.due, status.turns.running), (0, 0), "turns were left undone");
    }
}

pub fn join(said: &[Said], role: Role) -> String {
    let lines: Vec<&str> =
        said.iter().filter(|said| said.to == role).map(|said| said.text.as_str()).collect();
    lines.join("\n")
}
