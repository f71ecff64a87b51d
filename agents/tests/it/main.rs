//! The models against a server that speaks the wire format, over real HTTP: one binary, no model and no network.

// The name that every other crate of the house knows it by.
extern crate plumbline_agents as agents;

#[cfg(test)]
mod judge;
#[cfg(test)]
mod quirks;
#[cfg(test)]
mod refusals;
#[cfg(test)]
mod rounds;
#[cfg(test)]
mod setup;
#[cfg(test)]
mod standin;
#[cfg(test)]
mod streams;
