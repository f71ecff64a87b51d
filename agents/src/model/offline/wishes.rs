//! What people say to confirm, refuse, take back, ask and greet: folded words and phrases, parted by bars. Data only.

pub const CONFIRMS: &str = "yes|yep|yeah|yup|ja|jo|jau|jawohl|jep|jup|jap|ok|okay|oke|okey|passt|stimmt|genau|\
    richtig|korrekt|correct|right|confirm|confirmed|bestaetigen|bestaetigt|bestaetige|\
    bestaetigung|exactly|sure|perfect|perfekt|prima|gut|good|great|fine|einverstanden|agreed|\
    alright|klar|sicher|natuerlich|absolut|y|j|go|send|abschicken|schicken|weiter|los|top|\
    super|freigabe|yessir|true|definitely|absolutely|indeed|jaja|spot|accurate|paasst|roger|\
    abgeschickt|raus|gerne";
pub const AROUND_CONFIRM: &str = "that's|that|it|it's|is|looks|look|sounds|all|so|to|me|das|ist|ja|alles|aus|sieht|\
    bitte|danke|thanks|thank|you|please|ahead|on|the|of|course|ganz|voll|everything|und|\
    and|mal|es|war|kann|can|be|sent|office|ans|buero|damit|mir|for|very|sehr|doch|\
    klingt|this|up|off|just|now|jetzt|auf|jeden|fall|do|hab|ich|nichts|zu|aendern|man|\
    mate|chef|i|aye|there|nothing|change|we|are|wir|nach|vorne";
pub const REFUSES: &str = "no|nein|nope|nee|ne|n|falsch|wrong|nicht|not|korrigieren|aendern|edit|incorrect|nah|\
    fehler|mistake|quatsch|stop|moment|wait|korrektur|isn't|doesn't|negative|niemals|never";
pub const AROUND_REFUSE: &str = "das|ist|stimmt|passt|so|that's|that|is|it|it's|right|richtig|quite|ganz|leider|sorry|\
    correct|noch|yet|da|etwas|something|was|there|a|ein|es|i|want|to|change|need|muss|\
    ich|bitte|please|thing|all|alles|korrekt|nee|danke|thanks|good|gut|match";
pub const IDENTITY: &str = "who are you|what are you|are you a bot|are you a robot|are you human|are you a \
    human|\
    are you real|are you an ai|are you ai|are you a person|are you a machine|wer bist du|\
    was bist du|bist du ein|bist du eine|bist du echt|wer sind sie|sind sie ein|sind sie eine|\
    your name|wie heisst du|wie heissen sie|which model|what model|welches modell|chatgpt|\
    who am i talking to|mit wem|who is this|wer ist da|bist du mensch|language model|sprachmodell|\
    wer schreibt da";
pub const STATUS: &str = "status|was ist mit|was macht|what about|what's with|how is|how's|how are|wie steht|\
    wie steht's|wie stehts|wie weit|any news|any update|news|neues|neuigkeiten|der stand|\
    stand der|wie ist der stand|wo ist|where is|where's|schon abgerechnet|schon fertig|\
    schon durch|schon erledigt|schon eine rechnung|been settled|been billed|been invoiced|\
    settled yet|billed yet|invoiced yet|done yet|invoice yet|abgerechnet|what happened to|\
    was wurde aus|wie sieht's aus|wie siehts aus|wie sieht es aus|happened with|stand von|\
    stand bei|gone through|zwischenstand|progress|what's up with|whats up with|whats with|\
    what became of";
pub const LIST: &str = "what is open|what's open|whats open|was ist offen|was ist noch offen|open jobs|\
    offene auftraege|offenen auftraege|offene jobs|list|liste|meine auftraege|my jobs|\
    alle auftraege|all jobs|which jobs|welche auftraege|what is waiting|what's waiting|was wartet|\
    what is pending|pending jobs|noch offen|still open|was steht an|was liegt an|what's pending|\
    offene posten|offenes|show jobs|auftragsliste|deferred jobs|zurueckgestellt";
pub const HELP: &str = "help|hilfe|what can you do|was kannst du|was koennen sie|how does this work|how \
    does it work|\
    wie funktioniert|wie geht das|anleitung|how do i|wie mache ich|what can i do|was kann ich|\
    instructions|manual|help me";
pub const RESUMES: &str = "continue|weiter|resume|weitermachen|fortsetzen|fortfahren|go|proceed";
pub const AROUND_RESUME: &str = "on|bitte|please|mach|machen|ok|ja|yes|lets|let's|now|jetzt|with|it|damit|wir|the|\
    report|job";
pub const THANKS: &str = "thanks|thank|danke|merci|thx|ty|cheers|dank|dankeschoen|tnx";
pub const AROUND_THANKS: &str = "you|very|much|schoen|vielen|sehr|a|lot|dir|ihnen|ok|super|so|great|gut|schoenen|\
    feierabend|bis|bye|tschuess|dann|spaeter|mate|all|good|alles|klar|for|your|help|the|\
    fuer|die|hilfe|perfekt|perfect|einen|noch|tag|abend|auch|wochenende|have|day|nice|one";
pub const GREETS: &str = "hi|hello|hey|moin|servus|hallo|tag|morgen|morning|evening|gruess|abend|guten|yo|hiya|\
    afternoon|greetings|mahlzeit|na|tach|gruezi|huhu|moinsen|bye|tschuess|ciao";
pub const AROUND_GREETING: &str = "good|zusammen|there|chef|gott|dich|all|everyone|leute|wie|geht's|gehts|how|are|you|\
    team|mate|es|dir|geht|plumbline|agent|und|and|today";
pub const OPENS_QUESTION: &str = "who|what|when|where|why|how|which|can|could|would|will|should|shall|do|does|is|are|\
    wer|was|wann|wo|warum|wieso|wie|welche|welcher|welches|kannst|koennen|koennte|\
    koenntest|soll|sollen|darf|wirst|wird|gibt|hast|did|has|have";
pub const REQUESTS: &str = "can you|could you|please call|kannst du|koennen sie|koennt ihr|ruf bitte|tell \
    me|sag mir|\
    write me|schreib mir|should i|soll ich|would you|wuerdest du|translate|uebersetze|joke|witz";
pub const AHEAD: &str = "tomorrow|next week|morgen frueh|naechste woche|uebermorgen|appointment|einen termin";
pub const WITHDRAWS: &str = "forget it|forget that|forget the|forget about|vergiss es|vergiss das|vergiss \
    den|never mind|\
    nevermind|drop it|drop the|drop that|take it back|pull it back|pull that back|call it off|\
    lass es|lass mal|lass gut sein|lieber nicht|doch nicht abschicken|don't send|do not send|\
    nicht abschicken|nicht senden|nicht schicken|streich den auftrag|streich das|zieh den auftrag|\
    leave it|hat sich erledigt|call that off";

/// All lists.
pub const ALL: &[&str] = &[
    CONFIRMS,
    AROUND_CONFIRM,
    REFUSES,
    AROUND_REFUSE,
    IDENTITY,
    STATUS,
    LIST,
    HELP,
    RESUMES,
    AROUND_RESUME,
    THANKS,
    AROUND_THANKS,
    GREETS,
    AROUND_GREETING,
    OPENS_QUESTION,
    REQUESTS,
    AHEAD,
    WITHDRAWS,
];
