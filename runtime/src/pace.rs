//! Takes from the outbox no more than the channel's pace lets go, in the transaction of the claim: claims take turns, so
//! the pace holds across all processes of one database. What a channel without a pace has due is simply taken.

use domain::{address::ChannelName, clock::Millis, outbound::DeliveryState, pace::Pace};
use store::{
    Error, Tx,
    outbox::{self, Taken},
    pace,
};

/// A channel and its pace.
pub(crate) struct Paced {
    pace: Option<Pace>,
    channel: ChannelName,
}

impl Paced {
    pub(crate) fn new(pace: Option<Pace>, channel: &ChannelName) -> Self {
        Self { pace, channel: channel.clone() }
    }

    /// Until when nothing may go at all, so that a claim is not worth its transaction.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn full_until(&self, tx: &mut Tx, now: Millis) -> Result<Option<Millis>, Error> {
        let Some(pace) = &self.pace else { return Ok(None) };
        Ok(pace.room(pace::of_channel(tx, &self.channel).await?, now).err())
    }

    /// Up to `limit` due rows that may go now, each with its allowance used up; and when the first may go of those that
    /// may not.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub(crate) async fn claim(
        &self,
        tx: &mut Tx,
        now: Millis,
        lease: Millis,
        limit: i64,
    ) -> Result<(Vec<Taken>, Option<Millis>), Error> {
        let Some(pace) = &self.pace else {
            return Ok((outbox::claim(tx, &self.channel, now, lease, limit).await?, None));
        };
        outbox::claims_take_turns(tx).await?;
        let mut whole = pace::of_channel(tx, &self.channel).await?;
        let room = match pace.room(whole, now) {
            Ok(room) => room.min(limit),
            Err(until) => return Ok((Vec::new(), Some(until))),
        };
        let taken = outbox::claim(tx, &self.channel, now, lease, room).await?;
        let people: Vec<&str> = taken.iter().map(|row| row.outbound.to.external.as_str()).collect();
        let before = pace::of_people(tx, &self.channel, &people).await?;
        let (mut going, mut held, mut used) = (Vec::new(), None::<Millis>, Vec::new());
        for row in &taken {
            // What may have been sent before is no longer anything to be queued.
            if row.was != DeliveryState::Queued {
                going.push(row.clone());
                continue;
            }
            let external = row.outbound.to.external.as_str();
            // Of each address a claim takes one row.
            let person = before.get(external).copied().unwrap_or_default();
            match pace.take(whole, person, now) {
                Ok((whole_now, person_now)) => {
                    whole = whole_now;
                    used.push((external, person_now));
                    going.push(row.clone());
                }
                Err(why) => {
                    outbox::hold(tx, row, why.until, why.why, now).await?;
                    held = Some(held.map_or(why.until, |until| until.min(why.until)));
                }
            }
        }
        pace::set(tx, &self.channel, whole, &used).await?;
        Ok((going, held))
    }
}
