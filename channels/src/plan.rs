//! One thing to say as the messages that its channel takes. Pure and known to every process, since it is asked when
//! something is queued, by processes that do not serve the channel themselves.

use domain::{address::ChannelName, outbound::Content};

use crate::whatsapp;

/// What `content` becomes on its channel: the last message carries the options and is the one that an answer quotes.
#[derive(Clone, Debug, PartialEq)]
pub struct Plan {
    /// To be sent before, in order.
    pub before: Vec<Content>,
    pub last: Content,
}

#[must_use]
pub fn plan(channel: &ChannelName, content: Content) -> Plan {
    let mut messages = match channel.as_str() {
        whatsapp::NAME => whatsapp::plan(&content),
        _ => Vec::new(),
    };
    let last = messages.pop().unwrap_or(content);
    Plan { before: messages, last }
}
