//! Takes from the outbox no more than the channel's pace lets go, in the transaction of the claim: claims take turns, so
//! the pace holds across all processes of one database. What a channel without a pace has due is simply taken.

use domain::{address::ChannelName, clock::Millis, outbound::DeliveryState, pace::Pace};
use store::{
    Error, Tx,
    db::Query,
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

    /// Whether a claim is worth its transaction; and until when it is not, where something is due and nothing may go at all.
    pub(crate) fn worth_a_claim(&self, now: Millis) -> Query<(bool, Option<Millis>)> {
        let pace = self.pace;
        let used = pace.map(|_| pace::of_channel(&self.channel));
        outbox::anything_due(&self.channel, now).and(Query::maybe(used)).map(move |(due, used)| {
            let full = pace.zip(used).and_then(|(pace, used)| pace.room(used, now).err());
            (due && full.is_none(), full.filter(|_| due))
        })
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
        let mut whole = tx.query(pace::of_channel(&self.channel)).await?;
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
