//! Money: decimals while computing, integer cents at rest. Half a cent is rounded away from zero, as on German invoices.

use rust_decimal::{Decimal, RoundingStrategy, prelude::ToPrimitive as _};

/// `amount` in cents; `None` beyond what an integer holds.
#[must_use]
pub fn cents(amount: Decimal) -> Option<i64> {
    amount
        .checked_mul(Decimal::ONE_HUNDRED)?
        .round_dp_with_strategy(0, RoundingStrategy::MidpointAwayFromZero)
        .to_i64()
}

/// `4750` as `47.50`, for data and for English; texts write the decimal sign of their own language.
#[must_use]
pub fn amount(cents: i64) -> String {
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}.{:02}", cents.unsigned_abs() / 100, cents.unsigned_abs() % 100)
}
