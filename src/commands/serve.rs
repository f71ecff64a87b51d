//! `plumbline serve`: the real thing, in one process or shared out among several over one database.

use std::{collections::BTreeSet, io::Write, net::SocketAddr, sync::Arc};

use channels::whatsapp;
use domain::{
    address::ChannelName,
    agent::AgentName,
    clock::{Clock, SystemClock},
    id::Ids,
    staff::ConsoleRole,
};
use store::{Store, user};

use super::Failure;
use crate::{
    app::{App, Follows, Hosting, Means},
    cli::{ServeArgs, ServeRole},
    console_login::{self, Guest},
    people,
    settings::{Communication, Provider, Settings},
    shutdown::Shutdown,
};

/// # Errors
/// [`Failure::Usage`] in CLI mode, and what [`App::build`] fails with.
pub async fn run(settings: &Settings, arguments: &ServeArgs, out: &mut dyn Write) -> Result<(), Failure> {
    // Before anything is opened: what cannot be served is refused at once.
    config(settings)?;
    let shutdown = Shutdown::on_signals()?;
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let ids = Arc::new(Ids::new(Arc::clone(&clock), rand::random()));
    let store = Store::open(&settings.database).await?;
    let settings = &settings.clone().with_console(&store).await?;
    let config = config(settings)?;
    people::register_phones(settings, &store, &ids, clock.now()).await?;
    let hosting = hosting(&arguments.roles, config);
    let works = if hosting.belt { "works on the queues" } else { "only takes in" };
    let (watched, link_ids) = (store.clone(), Arc::clone(&ids));
    let app = App::build(settings, store, hosting, Means { clock, ids, model: None }).await?;
    let model = &app.model;
    writeln!(out, "Plumbline serves: {}; it {works}. Model: {model}.", names(&arguments.roles))?;
    if let Some(address) = app.gateway {
        let place = settings.public_url.clone().unwrap_or_else(|| format!("http://{address}"));
        writeln!(out, "Webhook: {place}/whatsapp/webhook · health: http://{address}/health")?;
        welcome(settings, &watched, &link_ids, address, out).await?;
    }
    out.flush()?;
    finish(app, &shutdown).await;
    Ok(())
}

/// Says where the console is, and lets the first person in: a link that is good once.
async fn welcome(
    settings: &Settings,
    store: &Store,
    ids: &Arc<Ids>,
    address: SocketAddr,
    out: &mut dyn Write,
) -> Result<(), Failure> {
    let place = console_login::place(settings, Some(address));
    if !user::list(&mut store.reader()).await?.is_empty() {
        let mend = "plumbline token --user NAME --role ROLE prints a login link";
        writeln!(out, "Console: {place}/console ({mend})")?;
        return Ok(());
    }
    let guest = Guest::named("Owner", ConsoleRole::Owner);
    let (_, link) = console_login::link(settings, store, ids, guest, &place, SystemClock.now()).await?;
    writeln!(out, "Console: {link} (good once; nobody works there yet)")?;
    Ok(())
}

/// Runs until the first signal and lets running turns finish; the second does not wait.
pub(super) async fn finish(app: App, shutdown: &Shutdown) {
    tokio::select! {
        () = app.run(shutdown.soft.clone()) => {}
        () = shutdown.hard.cancelled() => {}
    }
}

fn config(settings: &Settings) -> Result<whatsapp::Config, Failure> {
    match &settings.communication {
        Communication::WhatsApp { provider: Provider::MetaCloud(config), .. } => Ok((**config).clone()),
        Communication::WhatsApp { provider, .. } => Err(Failure::Usage(format!(
            "COMMS_PROVIDER is {}, which this version cannot serve yet: use meta_cloud",
            provider.name()
        ))),
        Communication::Terminal { why } => Err(Failure::Usage(format!(
            "there is nothing to serve: {why}. Set COMMUNICATION_MODE=whatsapp, or run plumbline chat or plumbline demo"
        ))),
    }
}

/// What `roles` make this process do. Everything but a gateway alone also takes in, delivers and wakes up.
fn hosting(roles: &[ServeRole], config: whatsapp::Config) -> Hosting {
    let roles: BTreeSet<ServeRole> = roles.iter().copied().collect();
    let all = roles.is_empty();
    let has = |role| all || roles.contains(&role);
    let agents = || -> Vec<AgentName> {
        let named = [(ServeRole::Field, "field"), (ServeRole::Office, "office")];
        named.into_iter().filter(|(role, _)| has(*role)).map(|(_, name)| AgentName::from(name)).collect()
    };
    Hosting {
        turns: if has(ServeRole::Worker) { None } else { Some(agents()) },
        ports: if all { None } else { Some(agents()) },
        gateway: has(ServeRole::Gateway),
        belt: all || roles.iter().any(|role| *role != ServeRole::Gateway),
        people: vec![ChannelName::from(whatsapp::NAME)],
        whatsapp: Some(config),
        follows: Follows::WithWhatsApp,
        ..Hosting::default()
    }
}

fn names(roles: &[ServeRole]) -> String {
    if roles.is_empty() {
        return "everything".to_owned();
    }
    roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(", ")
}
