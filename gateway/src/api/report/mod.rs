//! What happened by the day: how much was written, how soon it was answered and by whom, what waits, what was decided, what
//! the model used, jobs and invoices. Figures only: nobody is named here.

mod window;

use axum::{Json, extract::State};
use domain::staff::Permission;
use serde::Serialize;
use store::{
    Tx, event,
    report::{self, By, Decisions, Invoices, Messages, Open, Spent, Steps, Times},
};
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use self::window::{Asked, Window};
use super::{at, page::Query};
use crate::{
    error::Problem,
    staff::Principal,
    state::{Gateway, Price},
};

pub(crate) fn router() -> OpenApiRouter<Gateway> {
    OpenApiRouter::new().routes(routes!(get))
}

/// The figures of a day, or of all days together: the middle of all is not the middle of the days.
#[derive(Default, Serialize, ToSchema)]
struct Figures {
    /// Messages of people, and to them.
    inbound: i64,
    outbound: i64,
    /// People who began to wait then and were answered.
    answered: i64,
    /// Those of them whom an agent answered first, and those whom staff did.
    answered_by_agent: i64,
    answered_by_staff: i64,
    /// How long the middle one waited for the first answer; null for none.
    first_response_ms: Option<i64>,
    /// What nine of ten did not wait longer than.
    first_response_p90_ms: Option<i64>,
    /// Proposals put to staff, and what was decided then.
    asked: i64,
    approved: i64,
    declined: i64,
    deferred: i64,
    /// How long the middle decision took.
    decision_ms: Option<i64>,
    model_rounds: i64,
    tokens_in: i64,
    tokens_out: i64,
    /// Millionths of the currency; null where no price is configured.
    cost_micros: Option<i64>,
    jobs: i64,
    invoices: i64,
    cancellations: i64,
    /// What invoices and cancellations of the day come to.
    invoiced_cents: i64,
}

#[derive(Serialize, ToSchema)]
struct DayView {
    #[schema(format = Date)]
    day: String,
    #[serde(flatten)]
    figures: Figures,
}

/// How long people waited for those who answered first.
#[derive(Serialize, ToSchema)]
struct TimesView {
    count: i64,
    median_ms: Option<i64>,
    p90_ms: Option<i64>,
}

impl From<Times> for TimesView {
    fn from(times: Times) -> Self {
        Self { count: times.count, median_ms: times.median_ms, p90_ms: times.p90_ms }
    }
}

#[derive(Serialize, ToSchema)]
struct FirstResponse {
    agent: TimesView,
    staff: TimesView,
}

/// What is open now, whatever days are looked at.
#[derive(Serialize, ToSchema)]
struct OpenView {
    count: i64,
    /// Since when the oldest is.
    oldest_at: Option<String>,
    /// The thread in which somebody waits longest.
    #[serde(skip_serializing_if = "Option::is_none")]
    thread_id: Option<String>,
}

impl OpenView {
    fn new(open: &Open, thread: Option<String>) -> Self {
        Self { count: open.count, oldest_at: open.oldest.map(at), thread_id: thread }
    }
}

#[derive(Serialize, ToSchema)]
struct DailyReport {
    #[schema(format = Date)]
    from: String,
    #[schema(format = Date)]
    to: String,
    /// In which the days begin.
    time_zone: Option<String>,
    /// ISO 4217.
    currency: String,
    /// Each day of the window, oldest first.
    days: Vec<DayView>,
    totals: Figures,
    first_response: FirstResponse,
    /// Threads whose last word is the person's.
    waiting: OpenView,
    /// Proposals that nobody has decided.
    undecided: OpenView,
    as_of_seq: i64,
}

/// What happened by the day
///
/// Days are the firm's. At most 92 of them.
#[utoipa::path(
    get,
    path = "/report",
    tag = "report",
    params(Asked),
    responses(
        (status = 200, body = DailyReport),
        (status = 400, description = "`invalid_query`", body = Problem),
        (status = 403, description = "`forbidden`: needs `report.view`", body = Problem),
    )
)]
async fn get(
    State(gateway): State<Gateway>,
    principal: Principal,
    Query(asked): Query<Asked>,
) -> Result<Json<DailyReport>, Problem> {
    principal.require(Permission::ReportView)?;
    let firm = &gateway.firm;
    let window = Window::read(&asked, &firm.time_zone, gateway.now())?;
    let mut tx = gateway.store.reader();
    let as_of_seq = event::last(&mut tx).await?;
    let price = gateway.config.house.get().price;
    let mut figures: Vec<Figures> = window.days.iter().map(|_| Figures::default()).collect();
    for (first, stretch) in window.stretches() {
        let days = figures.get_mut(first..).unwrap_or_default();
        count(&mut tx, &stretch, price, days).await?;
    }
    let whole = window.whole();
    let totals = totals(&mut tx, &whole, &figures).await?;
    let first_response = FirstResponse {
        agent: times(report::responses(&mut tx, &whole, By::Agent).await?).into(),
        staff: times(report::responses(&mut tx, &whole, By::Staff).await?).into(),
    };
    let (waiting, thread) = report::waiting(&mut tx).await?;
    let undecided = report::undecided(&mut tx).await?;
    let [from, to] = [window.days.first(), window.days.last()];
    let named = |day: Option<&jiff::civil::Date>| day.map(ToString::to_string).unwrap_or_default();
    Ok(Json(DailyReport {
        from: named(from),
        to: named(to),
        time_zone: firm.time_zone.iana_name().map(ToOwned::to_owned),
        currency: firm.currency.clone(),
        days: window
            .days
            .iter()
            .zip(figures)
            .map(|(day, figures)| DayView { day: day.to_string(), figures })
            .collect(),
        totals,
        first_response,
        waiting: OpenView::new(&waiting, thread.map(|id| id.0)),
        undecided: OpenView::new(&undecided, None),
        as_of_seq,
    }))
}

/// Counts a stretch into its days.
async fn count(
    tx: &mut Tx,
    stretch: &report::Span,
    price: Option<Price>,
    days: &mut [Figures],
) -> Result<(), Problem> {
    for day in days.iter_mut() {
        day.cost_micros = price.map(|_| 0);
    }
    into(days, report::messages(tx, stretch).await?, |day, Messages { inbound, outbound }| {
        (day.inbound, day.outbound) = (inbound, outbound);
    });
    into(days, report::responses(tx, stretch, By::Anybody).await?, |day, times| {
        day.answered = times.count;
        (day.first_response_ms, day.first_response_p90_ms) = (times.median_ms, times.p90_ms);
    });
    into(days, report::responses(tx, stretch, By::Agent).await?, |day, times| {
        day.answered_by_agent = times.count;
        day.answered_by_staff = day.answered - times.count;
    });
    // Where no agent answered, all of them were answered by staff.
    for day in days.iter_mut().filter(|day| day.answered_by_agent == 0) {
        day.answered_by_staff = day.answered;
    }
    into(days, report::proposals(tx, stretch).await?, |day, asked| day.asked = asked);
    into(days, report::decisions(tx, stretch).await?, |day, decided| {
        let Decisions { approved, declined, deferred, times } = decided;
        (day.approved, day.declined, day.deferred) = (approved, declined, deferred);
        day.decision_ms = times.median_ms;
    });
    into(days, report::spent(tx, stretch).await?, |day, spent| {
        let Spent { rounds, tokens_in, tokens_out } = spent;
        (day.model_rounds, day.tokens_in, day.tokens_out) = (rounds, tokens_in, tokens_out);
        day.cost_micros = price.map(|price| price.of(tokens_in, tokens_out));
    });
    into(days, report::jobs(tx, stretch).await?, |day, jobs| day.jobs = jobs);
    into(days, report::invoices(tx, stretch).await?, |day, invoices| {
        let Invoices { written, cancellations, gross_cents } = invoices;
        (day.invoices, day.cancellations, day.invoiced_cents) = (written, cancellations, gross_cents);
    });
    Ok(())
}

/// All days together: sums are the days' sums, but the middle of all is not the middle of the days.
async fn totals(tx: &mut Tx, whole: &report::Span, days: &[Figures]) -> Result<Figures, Problem> {
    let sum = |of: fn(&Figures) -> i64| days.iter().map(of).sum::<i64>();
    let times = times(report::responses(tx, whole, By::Anybody).await?);
    let decisions = report::decisions(tx, whole).await?.into_iter().next();
    Ok(Figures {
        inbound: sum(|day| day.inbound),
        outbound: sum(|day| day.outbound),
        answered: sum(|day| day.answered),
        answered_by_agent: sum(|day| day.answered_by_agent),
        answered_by_staff: sum(|day| day.answered_by_staff),
        first_response_ms: times.median_ms,
        first_response_p90_ms: times.p90_ms,
        asked: sum(|day| day.asked),
        approved: sum(|day| day.approved),
        declined: sum(|day| day.declined),
        deferred: sum(|day| day.deferred),
        decision_ms: decisions.and_then(|(_, decided)| decided.times.median_ms),
        model_rounds: sum(|day| day.model_rounds),
        tokens_in: sum(|day| day.tokens_in),
        tokens_out: sum(|day| day.tokens_out),
        cost_micros: days.iter().map(|day| day.cost_micros).sum(),
        jobs: sum(|day| day.jobs),
        invoices: sum(|day| day.invoices),
        cancellations: sum(|day| day.cancellations),
        invoiced_cents: sum(|day| day.invoiced_cents),
    })
}

fn into<T>(days: &mut [Figures], steps: Steps<T>, put: impl Fn(&mut Figures, T)) {
    for (step, value) in steps {
        if let Some(day) = days.get_mut(step) {
            put(day, value);
        }
    }
}

/// The figures of a stretch that is one step.
fn times(steps: Steps<Times>) -> Times {
    steps.into_iter().next().map(|(_, times)| times).unwrap_or_default()
}
