//! Who works at the console, and what each role may do there. Says nothing about trade roles: those are a contact's.

use serde::{Deserialize, Serialize};

/// What a person at the console is. Trade roles ([`crate::contact::Role`]) are another matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsoleRole {
    Owner,
    Admin,
    Dispatcher,
    Staff,
    /// Reads everything, changes nothing.
    Auditor,
}

impl ConsoleRole {
    pub const ALL: [Self; 5] = [Self::Owner, Self::Admin, Self::Dispatcher, Self::Staff, Self::Auditor];

    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Dispatcher => "dispatcher",
            Self::Staff => "staff",
            Self::Auditor => "auditor",
        }
    }

    /// The role with that name, in any case.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.as_str().eq_ignore_ascii_case(text.trim()))
    }

    #[must_use]
    pub fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match permission {
            P::ThreadView => true,
            P::ThreadReply
            | P::ThreadTakeOver
            | P::ThreadNote
            | P::ThreadAssign
            | P::JobApprove
            | P::ContactEdit => self != Self::Auditor,
            P::ContactMerge | P::QueueRetry => {
                matches!(self, Self::Owner | Self::Admin | Self::Dispatcher)
            }
            P::ReportView | P::SettingsView => self != Self::Staff,
            P::AuditView => matches!(self, Self::Owner | Self::Admin | Self::Auditor),
            P::ContactExport | P::ChannelManage | P::SettingsEdit | P::UsersManage => {
                matches!(self, Self::Owner | Self::Admin)
            }
            // Cannot be undone.
            P::ContactErase => self == Self::Owner,
        }
    }

    /// All that the role may do, in the order of [`Permission::ALL`].
    #[must_use]
    pub fn permissions(self) -> Vec<Permission> {
        Permission::ALL.into_iter().filter(|permission| self.may(*permission)).collect()
    }

    /// Whether who holds this role may give or take `other`: nobody raises anybody above themselves.
    #[must_use]
    pub fn may_grant(self, other: Self) -> bool {
        self.may(Permission::UsersManage) && (self == Self::Owner || other != Self::Owner)
    }
}

impl std::fmt::Display for ConsoleRole {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $verb:literal),+ $(,)?) => {
        /// What somebody may do, as a verb.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum Permission {
            $($(#[$doc])* #[serde(rename = $verb)] $name),+
        }

        impl Permission {
            pub const ALL: [Self; [$($verb),+].len()] = [$(Self::$name),+];

            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $verb),+ }
            }
        }
    };
}

permissions! {
    ThreadView = "thread.view",
    ThreadReply = "thread.reply",
    ThreadTakeOver = "thread.take_over",
    ThreadNote = "thread.note",
    /// Assign, label, snooze, resolve, mark read.
    ThreadAssign = "thread.assign",
    JobApprove = "job.approve",
    ContactEdit = "contact.edit",
    ContactMerge = "contact.merge",
    ContactExport = "contact.export",
    ContactErase = "contact.erase",
    ChannelManage = "channel.manage",
    SettingsView = "settings.view",
    SettingsEdit = "settings.edit",
    QueueRetry = "queue.retry",
    AuditView = "audit.view",
    UsersManage = "users.manage",
    ReportView = "report.view",
}

impl std::fmt::Display for Permission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
#[path = "staff_tests.rs"]
mod tests;
