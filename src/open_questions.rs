//! Tells the terminal which of the questions it has shown are open no longer. Reads; decides nothing.

use async_trait::async_trait;
use channels::cli::Questions;
use domain::{id::QuestionId, question::QuestionState};
use store::{Store, question};

/// The questions of a store.
pub struct OpenQuestions(pub Store);

#[async_trait]
impl Questions for OpenQuestions {
    /// A list of ours ("which one do you mean?") is no question of the store: it is over once something else is said.
    async fn closed(&self, shown: Vec<QuestionId>) -> Vec<QuestionId> {
        let mut tx = self.0.reader();
        let mut closed = Vec::new();
        for id in shown {
            match question::get(&mut tx, &id).await {
                Ok(Some(found)) if found.state == QuestionState::Open => {}
                Ok(_) => closed.push(id),
                // The numbers run on; what they name is looked up when they are used.
                Err(error) => tracing::warn!(question.id = %id, %error, "a question could not be looked up"),
            }
        }
        closed
    }
}

#[cfg(test)]
mod tests {
    use domain::{
        clock::Millis,
        question::{Purpose, Question},
    };

    use super::*;

    #[tokio::test]
    async fn only_what_the_store_holds_open_is_open() {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}/house.db", folder.path().display());
        let store = Store::open(&store::Config { url, ..store::Config::default() }).await.unwrap();
        let asked = |id: &str| Question {
            id: id.into(),
            purpose: Purpose::Ask,
            text: "Right?".to_owned(),
            turn: "t1".into(),
            call: "c1".into(),
            state: QuestionState::Open,
            asked_at: Millis(0),
            expires_at: Millis(1),
            answer: None,
        };
        for id in ["q1", "q2"] {
            let (asked, over) = (asked(id), id == "q2");
            store
                .write(move |tx| {
                    Box::pin(async move {
                        question::open(tx, &asked, "field").await?;
                        if over { question::expire(tx, &asked.id, Millis(1)).await } else { Ok(false) }
                    })
                })
                .await
                .unwrap();
        }
        let shown = ["q1", "q2", "which:m1"].map(QuestionId::from).to_vec();
        let closed = OpenQuestions(store).closed(shown).await;
        assert_eq!(closed, ["q2", "which:m1"].map(QuestionId::from));
    }
}
