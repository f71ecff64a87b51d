//! Every limit of the live stream.

use serde::Deserialize;

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Config {
    /// How often a client says `ping`. After two and a half of these without a word it is gone.
    pub heartbeat_ms: u64,
    /// Time for the first frame, which says who it is.
    pub authenticate_seconds: u64,
    /// The longest client frame.
    pub frame_bytes: usize,
    /// Client frames a minute.
    pub frames_per_minute: u32,
    /// Messages sent at once; one more a second.
    pub sends_burst: u32,
    /// Streams of one user in this process; one more ends the oldest.
    pub streams_per_user: usize,
    /// Conversations one stream has joined.
    pub joined: usize,
    /// Frames and bytes that may wait for one stream. What may be lost goes first, then the stream is ended.
    pub queue_frames: usize,
    pub queue_bytes: usize,
    /// Events that are replayed; whoever missed more reads anew.
    pub replay: usize,
    /// Long polls that wait at once in this process.
    pub polls: usize,
    /// How often the log is looked at for what other processes committed.
    pub glance_ms: u64,
    /// How long what follows an event is gathered into one write of each stream.
    pub gather_ms: u64,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            heartbeat_ms: 25_000,
            authenticate_seconds: 10,
            frame_bytes: 65_536,
            frames_per_minute: 120,
            sends_burst: 10,
            streams_per_user: 5,
            joined: 20,
            queue_frames: 256,
            queue_bytes: 1024 * 1024,
            replay: 2_000,
            polls: 64,
            glance_ms: 50,
            gather_ms: 30,
        }
    }
}
