//! The processes of a fleet and their supervisor: each has its roles, is started, and is started again when it was killed.

use std::time::{Duration, Instant};

use super::{mail::Dice, people::PATIENCE, process::Process, site::Site};
use crate::processes::free_port;

/// A place in the fleet.
pub struct Post {
    pub name: &'static str,
    roles: &'static str,
    /// Where its gateway listens, if it has one.
    pub gateway: u16,
    /// Of this post alone.
    variables: Vec<(&'static str, &'static str)>,
    pub process: Option<Process>,
}

#[derive(Default)]
pub struct Crew(Vec<Post>);

/// One process that does everything, and two that work with it.
pub const THREE: [(&str, &str); 3] =
    [("all", "gateway,field,office,worker"), ("second", "worker"), ("third", "worker")];
/// One process alone.
pub const ONE: [(&str, &str); 1] = [("all", "gateway,field,office,worker")];
/// As many machines would share it out.
pub const FOUR: [(&str, &str); 4] =
    [("door", "gateway"), ("agents", "field,office"), ("first", "worker"), ("second", "worker")];

impl Crew {
    pub fn of(posts: &[(&'static str, &'static str)]) -> Self {
        let post = |(name, roles): &(&'static str, &'static str)| Post {
            name,
            roles,
            gateway: free_port(),
            variables: Vec::new(),
            process: None,
        };
        Self(posts.iter().map(post).collect())
    }

    pub fn gateways(&self) -> Vec<u16> {
        self.0.iter().filter(|post| post.roles.contains("gateway")).map(|post| post.gateway).collect()
    }

    pub fn post(&mut self, name: &str) -> &mut Post {
        self.0.iter_mut().find(|post| post.name == name).unwrap()
    }

    pub fn posts(&mut self) -> impl Iterator<Item = &mut Post> {
        self.0.iter_mut()
    }

    pub fn all_start(&mut self, site: &Site) {
        self.0.iter_mut().for_each(|post| post.starts(site));
    }

    /// Kills one at random after the other for so long; each comes back, at once or after a while. How many died.
    pub async fn under_fire(&mut self, site: &Site, dice: &Dice, time: Duration) -> usize {
        let (until, mut kills) = (Instant::now() + time, 0);
        while Instant::now() < until {
            tokio::time::sleep(dice.ms(200, 1_100)).await;
            let place = usize::try_from(dice.roll(self.0.len() as u64)).unwrap();
            if let Some(mut process) = self.0[place].process.take() {
                assert!(process.has_ended().is_none(), "it ended by itself: {}", process.log());
                process.killed();
                kills += 1;
            }
            // Two of three come back at once, the third when the next one is looked at.
            for post in &mut self.0 {
                if post.process.is_none() && !dice.one_in(3) {
                    post.starts(site);
                }
            }
        }
        self.all_start(site);
        kills
    }

    /// Tells everybody to stop; each has to leave well.
    pub async fn leaves(&mut self) {
        for process in self.0.iter().filter_map(|post| post.process.as_ref()) {
            process.told("TERM");
        }
        for post in &mut self.0 {
            if let Some(mut process) = post.process.take() {
                let status = process.ends_within(PATIENCE).await;
                assert!(status.success(), "{} left with {status}: {}", post.name, process.log());
            }
        }
    }

    /// Everything that anybody logged; for a test that failed.
    pub fn logs(&self, site: &Site) -> String {
        let read = |post: &Post| std::fs::read_to_string(site.log(post.name)).unwrap_or_default();
        self.0.iter().map(|post| format!("== {}\n{}", post.name, read(post))).collect()
    }
}

impl Post {
    /// Settings that it has from its next start on.
    pub fn set(&mut self, variables: &[(&'static str, &'static str)]) {
        self.variables = variables.to_vec();
    }

    pub fn starts(&mut self, site: &Site) {
        if self.process.is_none() {
            let mut command = site.command(&["serve", "--roles", self.roles], self.gateway);
            command.envs(self.variables.iter().copied());
            self.process = Some(Process::start(command, &site.log(self.name)));
        }
    }

    pub fn running(&mut self) -> &mut Process {
        self.process.as_mut().unwrap()
    }

    pub fn is_killed(&mut self) {
        self.running().killed();
        self.process = None;
    }
}
