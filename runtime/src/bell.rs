//! Wakes the stages of this process. A hint only: a stage that hears nothing looks for itself, and so finds what
//! another process left.

use std::sync::Arc;

use tokio::sync::Notify;

#[derive(Clone, Default)]
pub struct Bell(Arc<[Notify; 4]>);

/// A stage of the belt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    Intake = 0,
    Turn = 1,
    Delivery = 2,
    Wakeup = 3,
}

impl Bell {
    pub fn ring(&self, stage: Stage) {
        self.0[stage as usize].notify_one();
    }

    pub fn ring_all(&self) {
        self.0.iter().for_each(Notify::notify_one);
    }

    pub async fn heard(&self, stage: Stage) {
        self.0[stage as usize].notified().await;
    }
}
