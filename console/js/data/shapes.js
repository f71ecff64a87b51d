// The shapes that the API and the live stream speak, as JSDoc. Holds no code.

/**
 * @typedef {"agent" | "staff" | "phone" | "none"} OwnerKind
 * @typedef {{kind: OwnerKind, name?: string | null, user_id?: string | null}} Owner
 * @typedef {{kind: string, value: string}} Identity
 * @typedef {{id: string, name: string | null, roles: string[], language: string | null, identities: Identity[]}} ContactBrief
 * @typedef {{id: string, name: string}} Named
 * @typedef {{message_id: string, author: Author, preview: string, kind: string, at: string, status: Delivery | null}} LastMessage
 * @typedef {"open" | "snoozed" | "resolved"} ThreadStatus
 * @typedef {"none" | "low" | "medium" | "high" | "urgent"} Priority
 * @typedef {{
 *   id: string, agent: string, channel: string, address: string, contact: ContactBrief | null, customer: Named | null,
 *   owner: Owner, owner_version: number, status: ThreadStatus, snoozed_until: string | null,
 *   assignee: {user_id: string, name: string} | null, priority: Priority, labels: string[], unread: number,
 *   waiting_since: string | null, open_approvals: number, open_questions: number,
 *   window: {open: boolean, until: string | null} | null, last: LastMessage | null, created_at: string
 * }} Thread
 */

/**
 * @typedef {"contact" | "agent" | "staff" | "house" | "peer" | "phone"} AuthorKind
 * @typedef {{type: AuthorKind, id?: string | null, name?: string | null}} Author
 * @typedef {"queued" | "sending" | "unknown" | "sent" | "delivered" | "read" | "played" | "failed" | "dropped"} DeliveryState
 * @typedef {{state: DeliveryState, at?: string | null, reason?: string | null, retryable?: boolean}} Delivery
 * @typedef {{type: string, [key: string]: any}} Part
 * @typedef {{
 *   id: string, seq: number, thread_id: string, client_msg_id?: string | null, direction: "in" | "out" | "internal",
 *   author: Author, parts: Part[], reply_to?: string | null, at: string, received_at?: string | null,
 *   status: Delivery | null, turn_id?: string | null, late?: boolean, pending?: Pending
 * }} Message
 */

/**
 * What staff wrote and the server has not confirmed yet.
 * @typedef {{
 *   client_msg_id: string, thread_id: string, at: string, body: SendBody, state: "waiting" | "sending" | "refused",
 *   words?: string, preview?: Part[], user_id?: string
 * }} Pending
 * @typedef {{
 *   text?: string, template?: {name: string, language: string, values: string[]}, upload_id?: string, caption?: string,
 *   reply_to?: string, client_msg_id?: string, expect_owner_version?: number
 * }} SendBody
 */

/**
 * @typedef {{id: string, name: string, address: string, phone: string, email: string, contract: string, writes_as?: Named[]}} Customer
 */

/**
 * @typedef {{id: string, thread_id: string, text: string, author: Author, created_at: string, updated_at: string}} Note
 * @typedef {{id: string, thread_id: string | null, title: string, due_at: string | null, done: boolean,
 *   assignee: {user_id: string, name: string} | null}} Task
 * @typedef {{title: string, value: string}} Choice
 * @typedef {{value: string | null, text: string, reason?: string | null, by: string | null, at: string | null}} Decision
 * @typedef {{
 *   id: string, kind: "approval" | "escalation", state: "open" | "answered" | "expired" | "cancelled", tool: string | null,
 *   facts: any, text: string, erased?: boolean, options: Choice[], takes_words: boolean,
 *   job: {id: string, state: string | null, customer: string | null, technician: string | null} | null,
 *   asked: {thread_id: string, name: string | null}[], asked_at: string, expires_at: string | null, decision: Decision | null
 * }} Approval
 * @typedef {{user_id: string, name: string, role: string}} User
 * @typedef {{user_id: string, name: string, role: string, permissions: string[], time_zone?: string, currency?: string}} Me
 */

/**
 * A call by telephone.
 * @typedef {{mime: string, name: string | null, state: "kept" | "awaited" | "missing", url: string | null, missing: string | null,
 *   transcript: string | null}} Recording
 * @typedef {{
 *   id: string, source: "telephony" | "staff", direction: "in" | "out",
 *   state: "ringing" | "answered" | "ended" | "missed" | "failed", number: string, line: string, contact: Named | null,
 *   customer: Named | null, thread_id: string | null, started_at: string, answered_at: string | null, ended_at: string | null,
 *   duration_ms: number | null, note: string, recording: Recording | null,
 *   created_by: {user_id: string, name: string} | null, created_at: string
 * }} Call
 */

/**
 * What happened on a day, or on all of them.
 * @typedef {{
 *   inbound: number, outbound: number, answered: number, answered_by_agent: number, answered_by_staff: number,
 *   first_response_ms: number | null, first_response_p90_ms: number | null, asked: number, approved: number, declined: number,
 *   deferred: number, decision_ms: number | null, model_rounds: number, tokens_in: number, tokens_out: number,
 *   cost_micros: number | null, jobs: number, invoices: number, cancellations: number, invoiced_cents: number
 * }} Figures
 * @typedef {{count: number, median_ms: number | null, p90_ms: number | null}} Times
 * @typedef {{count: number, oldest_at: string | null, thread_id?: string | null}} StillOpen
 * @typedef {{
 *   from: string, to: string, time_zone: string | null, currency: string, days: (Figures & {day: string})[], totals: Figures,
 *   first_response: {agent: Times, staff: Times}, waiting: StillOpen, undecided: StillOpen
 * }} Report
 */

/**
 * What is wrong with a channel; of one that is silent, when somebody last wrote.
 * @typedef {{code: string, message: string, since: string | null}} Trouble
 */

/**
 * A frame of the live stream.
 * @typedef {{type: string, id?: string, ref?: string, seq?: number, prev?: number, conversation_id?: string, ts?: string,
 *   data: any}} Frame
 */

export {};
