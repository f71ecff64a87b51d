//! Whether a call may be made: the account's token, the app's own token, and their expiry.
//! It never tells a wrong token from an unknown one.

use std::sync::Arc;

use super::call::Call;
use super::refusal::Refusal;
use crate::hub::Hub;

const NOT_A_TOKEN: &str = "Invalid OAuth access token - Cannot parse access token";

pub(crate) fn check(hub: &Arc<Hub>, call: &Call) -> Result<(), Refusal> {
    let token = call.token().ok_or_else(|| Refusal::token(None, NOT_A_TOKEN))?;
    let in_query = call.text("access_token").unwrap_or_default();
    hub.read(|world| {
        let account = &world.account;
        let app_token = format!("{}|", account.app_id);
        if token.starts_with(&app_token) || in_query.starts_with(&app_token) {
            return Ok(());
        }
        if token != account.access_token {
            return Err(Refusal::token(None, NOT_A_TOKEN));
        }
        match account.token_expires_ms {
            Some(until) if until <= world.now => Err(expired(until, world.now)),
            _ => Ok(()),
        }
    })
}

/// 190/463 with the dates Meta puts into the sentence.
pub(crate) fn expired(until_ms: i64, now_ms: i64) -> Refusal {
    Refusal::token(
        Some(463),
        format!(
            "Error validating access token: Session has expired on {}. The current time is {}.",
            pacific(until_ms),
            pacific(now_ms)
        ),
    )
}

fn pacific(ms: i64) -> String {
    let at = jiff::Timestamp::from_millisecond(ms).unwrap_or_default();
    let zone = jiff::tz::TimeZone::fixed(jiff::tz::offset(-8));
    at.to_zoned(zone).strftime("%A, %d-%b-%y %H:%M:%S PST").to_string()
}

#[cfg(test)]
mod tests {
    use super::expired;

    #[test]
    fn an_expired_token_names_both_times() {
        let refusal = expired(1_790_812_800_000, 1_790_816_400_000);
        assert_eq!((refusal.http, refusal.code, refusal.subcode), (401, 190, Some(463)));
        assert_eq!(
            refusal.message,
            "Error validating access token: Session has expired on Wednesday, 30-Sep-26 16:00:00 PST. \
             The current time is Wednesday, 30-Sep-26 17:00:00 PST."
        );
    }
}
