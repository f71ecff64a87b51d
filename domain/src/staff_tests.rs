//! Who may do what, whole: a change of the matrix is a change of this page.

use std::fmt::Write as _;

use super::*;

#[test]
fn the_matrix() {
    let mut page = String::from("                  owner  admin  dispatcher  staff  auditor\n");
    for permission in Permission::ALL {
        let mark = |role: ConsoleRole| if role.may(permission) { "yes" } else { "-" };
        let [owner, admin, dispatcher, staff, auditor] = ConsoleRole::ALL.map(mark);
        let verb = permission.as_str();
        let line = format!("{verb:16}  {owner:5}  {admin:5}  {dispatcher:10}  {staff:5}  {auditor}");
        writeln!(page, "{line}").unwrap();
    }
    assert_eq!(page.trim_end(), MATRIX.trim_matches('\n').trim_end());
}

const MATRIX: &str = "
                  owner  admin  dispatcher  staff  auditor
thread.view       yes    yes    yes         yes    yes
thread.reply      yes    yes    yes         yes    -
thread.take_over  yes    yes    yes         yes    -
thread.note       yes    yes    yes         yes    -
thread.assign     yes    yes    yes         yes    -
job.approve       yes    yes    yes         yes    -
contact.edit      yes    yes    yes         yes    -
contact.merge     yes    yes    yes         -      -
contact.export    yes    yes    -           -      -
contact.erase     yes    -      -           -      -
channel.manage    yes    yes    -           -      -
settings.view     yes    yes    yes         -      yes
settings.edit     yes    yes    -           -      -
queue.retry       yes    yes    yes         -      -
audit.view        yes    yes    -           -      yes
users.manage      yes    yes    -           -      -
report.view       yes    yes    yes         -      yes
";

#[test]
fn nobody_raises_anybody_above_themselves() {
    let grants: Vec<(ConsoleRole, ConsoleRole)> = ConsoleRole::ALL
        .into_iter()
        .flat_map(|by| ConsoleRole::ALL.map(|to| (by, to)))
        .filter(|(by, to)| by.may_grant(*to))
        .collect();
    assert_eq!(grants.len(), 9);
    assert!(!grants.contains(&(ConsoleRole::Admin, ConsoleRole::Owner)));
    assert!(grants.iter().all(|(by, _)| matches!(by, ConsoleRole::Owner | ConsoleRole::Admin)));
}

#[test]
fn names_go_out_and_come_back() {
    for role in ConsoleRole::ALL {
        assert_eq!(ConsoleRole::parse(&role.as_str().to_uppercase()), Some(role));
        assert_eq!(serde_json::to_value(role).unwrap(), role.as_str());
    }
    assert_eq!(ConsoleRole::parse("boss"), None);
    for permission in Permission::ALL {
        assert_eq!(serde_json::to_value(permission).unwrap(), permission.as_str());
    }
}
