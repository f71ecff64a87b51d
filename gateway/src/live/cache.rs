//! Events of late as frames, so that a thousand streams that come back after a restart cost one reading. Bounded by bytes.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex as Lock, PoisonError},
};

use store::{Error, event::Event};
use tokio::sync::Mutex;

use super::{render, rendered::Rendered};
use crate::state::Gateway;

/// Bytes of frames that are kept.
const BYTES: usize = 4 * 1024 * 1024;

#[derive(Default)]
pub(crate) struct Cache {
    kept: Lock<Kept>,
    /// Held while frames are made: who comes meanwhile finds them made.
    making: Mutex<()>,
}

#[derive(Default)]
struct Kept {
    events: BTreeMap<i64, Arc<Rendered>>,
    bytes: usize,
}

impl Cache {
    /// `events` as frames, in order.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn render(
        &self,
        gateway: &Gateway,
        events: Vec<Event>,
    ) -> Result<Vec<Arc<Rendered>>, Error> {
        let _making = self.making.lock().await;
        let fresh: Vec<Event> = {
            let kept = self.kept();
            events.iter().filter(|event| !kept.events.contains_key(&event.seq)).cloned().collect()
        };
        let made = render::all(gateway, fresh).await?;
        let mut kept = self.kept();
        for event in made {
            kept.bytes += event.size();
            kept.events.insert(event.seq, Arc::new(event));
        }
        let found = events.iter().filter_map(|event| kept.events.get(&event.seq).cloned()).collect();
        while kept.bytes > BYTES
            && let Some((_, oldest)) = kept.events.pop_first()
        {
            kept.bytes -= oldest.size();
        }
        Ok(found)
    }

    fn kept(&self) -> std::sync::MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
