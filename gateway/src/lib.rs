//! Every HTTP route.
