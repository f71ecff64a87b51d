//! The words the offline model was taught, as lists of folded words. Data only: no rule stands here.

use super::lexicon::Class;

/// Words with their classes. A word may stand in several lists.
pub const LISTS: &[(Class, &str)] = &[
    (
        Class::FILLER,
        "ich wir du er sie es man ihr hab habe haben hat hatte hatten habt war waren warn bin ist sind \
            sein gewesen wurde \
         worden werden wird aber auch noch dann danach anschliessend jetzt gerade grad grade eben soeben \
         heute gestern \
         vorhin frueh vormittag nachmittag mittag abend morgens mittags abends schon mal so nun halt ja jo \
         jau doch bitte \
         danke dank hallo hi hey moin servus guten gruess gott gruss gruesse lg vg mfg chef fertig \
         erledigt abgeschlossen \
         feierabend alles gut prima super bestens passt ok okay circa ca etwa ungefaehr rund knapp \
         insgesamt gesamt \
         zusammen job auftrag arbeit arbeiten zeit arbeitszeit dauer aufwand gedauert gearbeitet geworden \
         geschafft dabei \
         dafuer davon uns mir mich meine mein meinem kurz melde rueckmeldung bericht meldung info hier da \
         dort vor ort \
         was wie nur wegen endlich nochmal wieder gefahren angekommen gekommen gegangen gegeben gesagt \
         gehabt daran \
         i we he she it they you or but still then after afterwards now just today yesterday this morning \
         afternoon \
         evening tonight was were been is are be am have has had having did do done doing finished \
         completed complete \
         ready all good great fine please thanks thank hello boss mate team work works worked working time \
         took takes \
         take taken spent there here me my our us that which also sorry only btw cheers regards report \
         reporting update \
         it's i'm i've we've we're that's lasted around about roughly approx approximately nearly almost \
         total altogether \
         overall so went got gone been did wrapped wrapping next later earlier once noon hey lads guys sir \
         ok'd well \
         eh um aehm aeh hm oh ach na naja also gleich schnell quickly too vergessen forgot forgotten \
         uebrigens anyway actually moment sekunde augenblick achtung nachtrag quickly already bereits \
         einfach simply labour labor \
         einsatz baustelle objekt them these those ones hatn hats wars isses wurd",
    ),
    (
        Class::ARTICLE,
        "der die das den dem des ein eine einen einem einer eines nen ne nem ner n the a an some another \
            his her their its \
         seine seinen ihre ihren deren",
    ),
    (
        Class::PREPOSITION,
        "bei beim mit ohne fuer in im an am auf aus zu zum zur von vom nach um bis ueber unter hinter ab \
            durch gegen \
         at on of to from by for with without until till under behind near per via into inside above below \
         between \
         zwischen off out up neben using",
    ),
    (Class::JOIN, "und and plus sowie & + u incl inkl including inklusive samt nebst bzw oder or"),
    (
        Class::WORK_AFTER,
        "repariert getauscht ausgetauscht umgetauscht gewechselt ausgewechselt erneuert ersetzt montiert \
            demontiert \
         eingebaut ausgebaut umgebaut angebaut abgebaut angeschlossen abgeschraubt angeschraubt \
         installiert verlegt \
         abgedichtet gedichtet eingedichtet entlueftet gereinigt gesaeubert saubergemacht geputzt \
         freigemacht gespuelt \
         durchgespuelt entstopft beseitigt behoben geloetet geschweisst verschraubt gewartet geprueft \
         ueberprueft \
         kontrolliert gecheckt eingestellt justiert nachgezogen angezogen festgezogen gebohrt gestemmt \
         isoliert gedaemmt \
         befuellt gefuellt aufgefuellt nachgefuellt entleert abgelassen entkalkt gerichtet geflickt gefixt \
         aufgehaengt \
         befestigt verputzt gelegt gesetzt ausgefraest gekuerzt verlaengert angepasst getestet abgedrueckt \
         geortet \
         entfernt gemacht erneurt freibekommen aufgemacht dichtgemacht festgemacht losgemacht gangbar \
         abgenommen \
         eingesetzt reingemacht rausgemacht reingesetzt gesichert gesteuert saniert neugemacht abgesperrt \
         abgestellt \
         angestellt gestrichen ausgespuelt ausgesaugt aufgestemmt verstemmt gebogen gepresst verpresst",
    ),
    (
        Class::WORK_BEFORE,
        "repaired fixed replaced installed fitted changed swapped exchanged mounted cleaned cleared \
            unclogged unblocked \
         sealed resealed soldered tightened serviced checked inspected tested adjusted bled flushed \
         drained filled \
         refilled descaled insulated connected disconnected removed renewed mended patched rebuilt \
         rerouted laid cut \
         attached hung bolted drilled plumbed rodded jetted repressurised repressurized stopped sorted fix \
         repair replace \
         install change swap clean clear seal fixing repairing replacing installing changing swapping \
         cleaning clearing \
         sealing fitting unclogging servicing bleeding put",
    ),
    (
        Class::WORK_NOUN,
        "reparatur wartung reinigung installation austausch einbau montage wechsel tausch inspektion \
            entstopfung \
         verstopfung leckage leck rohrbruch notdienst pruefung kontrolle abdichtung service maintenance \
         inspection \
         replacement repair leak blockage clog checkup tune-up entlueftung erneuerung inbetriebnahme \
         leckortung",
    ),
    (
        Class::USE,
        "verbaut gebraucht benoetigt verbraucht verwendet brauchte brauchten brauch verbrauchte benutzt \
            benutzte benoetigte use uses need \
         needs used using needed consumed required material \
         materialien materials parts teile ersatzteile teil verbrauchsmaterial verarbeitet genommen \
         draufgegangen dazu mat \
         supplies spares mitgenommen reingebaut",
    ),
    (
        Class::FITS,
        "getauscht ausgetauscht umgetauscht gewechselt ausgewechselt erneuert ersetzt montiert eingebaut \
            installiert \
         verlegt eingesetzt angebaut reingesetzt reingemacht gesetzt replaced installed fitted changed \
         swapped exchanged \
         mounted renewed replace install change swap put hung laid replacing installing changing swapping \
         fitting \
         angeschlossen attached",
    ),
    (
        Class::ROOM,
        "kueche bad badezimmer keller flur wohnung haus gaestebad dachgeschoss dach erdgeschoss og eg ug \
            dg stock etage \
         stockwerk wohnzimmer schlafzimmer waschkueche hof garage garten werkstatt buero kitchen bathroom \
         basement cellar \
         hallway flat apartment house floor upstairs downstairs office laundry garden attic loft utility \
         room home hause \
         ensuite cloakroom untergeschoss heizraum heizungskeller obergeschoss zimmer treppenhaus shop laden",
    ),
    (
        Class::HOUR,
        "h hr hrs hour hours stunde stunden std stdn stds arbeitsstunden stuendchen stunn stund hous",
    ),
    (Class::MINUTE, "min mins minute minutes minuten minuetchen minutn"),
    (
        Class::MEASURE,
        "m meter metern metres metre meters mtr lfm stueck stk stck st pcs pc piece pieces kg kilo gramm g \
            liter litre \
         litres liters l ml rolle rollen roll rolls packung packungen pack packs paeckchen paket pkg tube \
         tuben tubes \
         kartusche kartuschen cartridge cartridges dose dosen can cans box boxes satz saetze set sets paar \
         pair pairs cm \
         flasche flaschen bottle bottles eimer beutel bag bags length lengths stange stangen",
    ),
    (Class::DIMENSION, "mm cm zoll inch inches grad watt kw bar ml er liter mm2"),
    (
        Class::TITLE,
        "herr herrn hr frau fr familie fam firma fa eheleute mr mrs ms miss mister missus kunde kundin \
            kunden customer \
         client dr doktor prof family messrs madam",
    ),
    (
        Class::GIVEN_NAME,
        "klaus hans peter michael thomas andreas stefan stephan christian martin frank juergen uwe bernd \
            jens dirk ralf \
         rolf heinz horst karl josef manfred helmut gerhard werner wolfgang dieter guenter walter kurt \
         otto paul max felix \
         lukas leon jonas tim tom jan ben finn noah elias anton emil oskar alexander daniel david markus \
         matthias sebastian \
         tobias florian philipp simon johannes georg robert anna maria sabine petra monika susanne karin \
         claudia andrea \
         birgit heike angelika ursula renate ingrid helga gisela brigitte christa elke gabriele julia \
         katharina laura lena \
         lisa sarah sophie emma mia lea hannah nina eva ulrike barbara martina silke anja kathrin jutta \
         marlies friedrich \
         john james mary robert patricia jennifer linda william elizabeth richard joseph susan charles \
         karen nancy george \
         kenneth steven edward brian kevin jason gary emily olivia jack harry oliver charlie alice alfred \
         siegfried winfried \
         wilfried ahmed mohamed mehmet ali ayse fatma murat achmed hermann heinrich ludwig erich erika \
         edith hilde gertrud",
    ),
    (
        Class::SURNAME,
        "meier mayer meyer maier mueller muller miller schmidt schmitt schmid schneider fischer weber \
            wagner becker schulz \
         schulze schulte hoffmann hofmann koch bauer richter klein wolf schroeder neumann schwarz \
         zimmermann braun krueger \
         hartmann lange schmitz krause lehmann huber kaiser fuchs peters lang scholz moeller weiss jung \
         vogel friedrich \
         keller guenther frank berger winkler roth beck lorenz baumann franke albrecht schuster simon \
         ludwig boehm winter hartung hornung clement \
         kraus schumacher vogt stein jaeger otto sommer gross seidel heinrich brandt haas schreiber graf \
         dietrich ziegler \
         kuhn kuehn pohl engel horn busch bergmann voigt sauer arnold wolff pfeiffer smith jones taylor \
         brown williams \
         wilson johnson davies evans walker wright thompson robinson hughes edwards clarke harris yilmaz \
         kaya demir nowak",
    ),
    (
        Class::CITY,
        "berlin hamburg muenchen munich koeln cologne frankfurt stuttgart duesseldorf dortmund essen \
            leipzig bremen dresden \
         hannover hanover nuernberg duisburg bochum wuppertal bielefeld bonn muenster karlsruhe mannheim \
         augsburg wiesbaden \
         kiel aachen halle magdeburg freiburg luebeck erfurt rostock mainz kassel potsdam saarbruecken \
         oldenburg heidelberg \
         darmstadt regensburg ingolstadt wuerzburg ulm wien vienna zuerich basel london spandau kreuzberg \
         neukoelln",
    ),
    (
        Class::BUSINESS,
        "baeckerei metzgerei fleischerei hotel cafe restaurant gasthof gasthaus pension praxis kita \
            kindergarten schule \
         autohaus apotheke friseur salon kanzlei hausverwaltung wohnungsbau wohnungsgenossenschaft imbiss \
         pizzeria \
         bakery school hospital clinic pub inn nursery pharmacy garage brauerei werkstatt supermarkt kiosk \
         bar verein \
         gaertnerei druckerei tischlerei schreinerei spedition seniorenheim altenheim pflegeheim \
         zahnarztpraxis arztpraxis",
    ),
    (
        Class::COUNTED,
        "mann leute kollege kollegen person personen monteur monteure tag tage tagen woche wochen monat \
            monate mal male \
         uhr km kilometer euro eur grad prozent zimmer termin termine fahrt fahrten anfahrt anfahrten men \
         people guys \
         colleague colleagues day days week weeks month months times miles trips trip visits visit o'clock \
         percent am pm \
         year years jahr jahre kunden customers rechnung rechnungen invoice invoices auftraege jobs fotos \
         foto photos \
         photo bild bilder cups coffee kaffee parteien mieter tenants stellen stelle places zweimal \
         dreimal apprentice \
         azubi problem probleme problems minute hour pm's",
    ),
    (
        Class::MONTH,
        "januar februar maerz april mai juni juli august september oktober november dezember january \
            february march may \
         june july october december montag dienstag mittwoch donnerstag freitag samstag sonntag monday \
         tuesday wednesday \
         thursday friday saturday sunday",
    ),
    (
        Class::ABBREVIATION,
        "str std stdn st nr hr hrs fr dr fam fa min mins stk stck ca mr mrs ms tel bzw inkl incl approx no \
            prof pl mtr lfm \
         evtl ggf pc pcs mat art ave rd",
    ),
    (
        Class::NEGATION,
        "kein keine keinen keinem keiner no not nicht none nothing nichts nix never didn't wasn't don't",
    ),
    (
        Class::ADJECTIVE,
        "neue neuen neuer neues neuem new alte alten alter altes old defekte defekten defekter defektes \
            defekt broken \
         undicht undichte undichten undichter leaking leaky leaked faulty kaputt kaputte kaputten kaputter \
         kaputtes \
         blocked clogged verstopft verstopfte verstopften tropft tropfende tropfenden tropfender dripping \
         kleine kleinen \
         grosse grossen small large big loose lose rusty verkalkt verkalkte verkalkten bisschen little \
         zwote main main's",
    ),
    (
        Class::ORDINARY,
        "leider kein problem probleme wetter zufrieden happy satisfied nett nice rechnung invoice bezahlt \
            paid zahlen \
         kaffee coffee strasse weg street road stau traffic parkplatz parking auto van bus wagen \
         transporter lager depot \
         schluessel key termin called asked wanted told waited parked arrived started offered thanked \
         signed agreed \
         promised happened tried visited sagte meinte wollte rief bestellt ordered pls kindly everything \
         nothing something \
         alles etwas viel wenig many much very sehr ganz total komplett again dicht laeuft funktioniert \
         running runs works \
         notiz note message nachricht wartet warten waiting back home hause abnahme unterschrieben status \
         stand neues frage \
         question weiter continue stop stopp storno stornieren abbrechen cancel wrong falsch falsche \
         falscher richtig right \
         correct correction korrektur korrigieren bestaetigen confirm yes ja nein nope yep help hilfe \
         because weil dass damit \
         sondern statt anstatt instead rather while during waehrend when wenn falls if until bevor before \
         first second erste \
         erster zweite zweiter dritte dritter einmal ausserdem additionally furthermore weiterhin nummer \
         number hausnummer \
         adresse address anschrift name ort location taetigkeit leistung task rest tat thing things sache \
         sachen dinge who \
         whose where wo wer wann how long lange welche welcher which jemand niemand nobody someone \
         warranty garantie \
         kulanz goodwill angebot quote preis price kosten cost geld money schaden damage pause break \
         travel driving drive fahrt",
    ),
    (
        Class::ABSTRACT,
        "wasser water druck pressure gas strom heizung heating luft air oel oil dach roof guttering gutter",
    ),
    (Class::PARTICLE, "von van de der den zu zur du la le el al di da mac mc"),
];

/// Parts and fixtures: one line a concept, in both languages.
pub const PART_CONCEPTS: &[&str] = &[
    "dichtung dichtungen dichtring dichtringe dichtungsring dichtungsringe gasket gaskets seal seals \
        washer washers o-ring \
     o-ringe o-rings oring orings dichtungssatz",
    "rohr rohre rohren rohrs rohrstueck leitung leitungen pipe pipes piping tube tubing pipework",
    "schlauch schlaeuche hose hoses panzerschlauch flexschlauch",
    "ventil ventile ventilen valve valves stopcock stopcocks",
    "hahn haehne haehnen armatur armaturen mischer mischbatterie mischbatterien einhebelmischer batterie \
        batterien tap taps \
     faucet faucets mixer mixers spigot",
    "siphon siphons syphon siphone trap traps geruchsverschluss p-trap roehrensiphon",
    "fitting fittings muffe muffen nippel doppelnippel verschraubung verschraubungen kupplung kupplungen \
        reduzierung \
     coupling couplings connector connectors adapter adapters verbinder",
    "bogen boegen winkel winkelstueck elbow elbows bend bends",
    "t-stueck t-stuecke tee tees",
    "pumpe pumpen pump pumps umwaelzpumpe",
    "schelle schellen clamp clamps rohrschelle bracket brackets halterung halterungen",
    "schraube schrauben screw screws bolt bolts duebel mutter muttern nut nuts",
    "teflonband dichtband hanf tape ptfe teflon klebeband",
    "silikon silicone sealant dichtmasse silicon",
    "spuelkasten spuelkaesten cistern cisterns",
    "wc wcs toilette toiletten klo klos toilet toilets loo klosett",
    "spuele spuelen spuelbecken waschbecken becken sink sinks basin basins washbasin waschtisch",
    "dusche duschen brause shower showers duschkopf handbrause showerhead brausekopf",
    "heizkoerper radiator radiators",
    "thermostat thermostate thermostats thermostatkopf thermostatkoepfe thermostatventil",
    "boiler boilers therme durchlauferhitzer heater heaters waterheater kessel warmwasserspeicher \
        heizkessel gastherme",
    "abfluss abfluesse ablauf ablaeufe drain drains gully abwasser waste",
    "schwimmer schwimmerventil float floats ballcock",
    "filter filters sieb siebe wasserfilter strainer",
    "perlator perlatoren strahlregler aerator aerators",
    "flansch flansche flange flanges",
    "isolierung daemmung insulation lagging",
    "lot loetzinn solder flussmittel flux",
    "stopfen plug plugs kappe kappen cap caps stoepsel",
    "entluefter entlueftungsventil vent vents",
    "manometer gauge gauges druckmesser",
    "wasserzaehler wasseruhr watermeter zaehler",
    "ausdehnungsgefaess gefaess vessel tank tanks",
    "membran membranen membrane diaphragm diaphragms",
    "feder federn spring springs",
    "griff griffe hebel handle handles lever knob knobs",
    "kartusche kartuschen cartridge cartridges keramikkartusche",
    "sensor sensoren sensors fuehler",
    "wanne badewanne bathtub bath tub duschwanne",
    "bidet urinal urinals pissoir",
    "spuelmaschine geschirrspueler waschmaschine dishwasher washing-machine",
    "druckspueler flushvalve glocke heberglocke flusher",
    "anschluss anschluesse anschlussset connection connections",
    "steigleitung strang zuleitung",
    "paste fermit kleber glue adhesive",
    "kugelhahn absperrhahn",
    "dichtungsset reparaturset kit kits",
    "rosette rosetten blende abdeckung cover covers deckel lid lids",
];
