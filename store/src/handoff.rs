//! Jobs handed to a peer.
