//! `plumbline token`: a bearer token for the API, the live stream and the console. The token alone goes to stdout, so that
//! a script can take it; the login link for a browser goes to stderr.

use std::{io::Write, time::Duration};

use domain::{
    clock::{Clock as _, SystemClock},
    staff::ConsoleRole,
};
use gateway::staff::token::{Grant, Tokens};

use super::{Failure, ids, open};
use crate::{
    app,
    cli::TokenArgs,
    console_login::{self, Guest},
    settings::Settings,
};

/// # Errors
/// [`Failure`]: a name that is none, a database away, a secret that cannot be kept.
pub async fn run(
    settings: &Settings,
    arguments: &TokenArgs,
    out: &mut dyn Write,
    told: &mut dyn Write,
) -> Result<(), Failure> {
    let name = arguments.user.trim();
    if name.is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        let mend = "give a name of 1 to 200 characters, none of them a control character";
        return Err(Failure::Usage(format!("--user is {name:?}: {mend}")));
    }
    let secret = app::token_secret(settings).map_err(Failure::Failed)?;
    let (store, ids, now) = (open(settings).await?, ids(), SystemClock.now());
    let place = console_login::place(settings, None);
    let guest = Guest::named(name, arguments.role);
    let (user, link) = console_login::link(settings, &store, &ids, guest, &place, now).await?;
    let grant =
        Grant { user: &user, role: arguments.role, jti: ids.uuid(), ends: now.plus(arguments.expires) };
    let token = Tokens::new(&secret).mint(grant, now).map_err(|why| Failure::Failed(why.to_string()))?;
    writeln!(out, "{token}")?;
    out.flush()?;
    writeln!(
        told,
        "This token is {}, {}, for {}: send it as `Authorization: Bearer ...` to {place}/api/...\n\
         In a browser, open within {} minutes, once: {link}",
        user.name,
        arguments.role,
        spoken(arguments.expires),
        settings.staff.link_minutes,
    )?;
    Ok(())
}

fn spoken(time: Duration) -> String {
    let units = [(86_400, "day"), (3_600, "hour"), (60, "minute")];
    let seconds = time.as_secs();
    let fits = units.into_iter().find(|(unit, _)| seconds >= *unit && seconds.is_multiple_of(*unit));
    let (unit, name) = fits.unwrap_or((1, "second"));
    let count = seconds / unit;
    format!("{count} {name}{}", if count == 1 { "" } else { "s" })
}

/// Reads a time such as `12h`: a number and `s`, `m`, `h` or `d`; a second to a year.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn duration(text: &str) -> Result<Duration, String> {
    let mend = || "a number with s, m, h or d, such as 12h; at most 365d".to_owned();
    let text = text.trim();
    let (number, unit) = text.split_at_checked(text.len().saturating_sub(1)).ok_or_else(mend)?;
    let seconds = match unit {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        _ => return Err(mend()),
    };
    let number: u64 = number.parse().map_err(|_| mend())?;
    let seconds = number.checked_mul(seconds).filter(|s| (1..=365 * 86_400).contains(s));
    seconds.map(Duration::from_secs).ok_or_else(mend)
}

/// Reads a console role.
///
/// # Errors
/// A sentence for the person who typed it.
pub fn role(text: &str) -> Result<ConsoleRole, String> {
    ConsoleRole::parse(text).ok_or_else(|| "there are owner, admin, dispatcher, staff and auditor".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_and_said() {
        let read = |text| duration(text).map(|time| (time.as_secs(), spoken(time)));
        assert_eq!(read("12h"), Ok((43_200, "12 hours".to_owned())));
        assert_eq!(read("90m"), Ok((5_400, "90 minutes".to_owned())));
        assert_eq!(read(" 7d "), Ok((604_800, "7 days".to_owned())));
        assert_eq!(read("1s"), Ok((1, "1 second".to_owned())));
        for bad in ["", "h", "0h", "12", "12 h", "-1h", "1.5h", "366d", "99999999999999999999d", "1ü", "12H"]
        {
            assert!(duration(bad).is_err(), "{bad}");
        }
    }
}
