//! Shapes of the A2A protocol, version 1.0.
