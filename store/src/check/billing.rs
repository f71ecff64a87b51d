//! What holds of approvals, jobs and invoices at every moment between two transactions.

use super::Rule;

/// `$2` is unused: these tables grow with the jobs, not with the talk.
pub(super) const RULES: &[Rule] = &[
    Rule {
        name: "approved before run",
        says: "something ran that nobody approved in exactly this form",
        sql: "SELECT r.subject AS subject, r.digest AS detail FROM audit r
              WHERE r.action = 'ran_approved' AND $2 = $2 AND NOT EXISTS (
                SELECT 1 FROM question q JOIN audit a ON a.subject = q.id
                WHERE q.id = r.subject AND q.state = 'answered' AND q.spent = 1 AND q.fingerprint = r.digest
                  AND a.action = 'approved' AND a.digest = r.digest AND a.seq < r.seq)
              LIMIT $1",
    },
    Rule {
        name: "approval used once",
        says: "one approval was used several times",
        sql: "SELECT subject, CAST(COUNT(*) AS TEXT) AS detail FROM audit
              WHERE action = 'ran_approved' AND $2 = $2 GROUP BY subject HAVING COUNT(*) > 1 LIMIT $1",
    },
    Rule {
        name: "approval decided once",
        says: "one proposal was decided several times",
        sql: "SELECT subject, CAST(COUNT(*) AS TEXT) AS detail FROM audit
              WHERE action IN ('approved', 'declined', 'deferred') AND $2 = $2
              GROUP BY subject HAVING COUNT(*) > 1 LIMIT $1",
    },
    Rule {
        name: "approval recorded",
        says: "an approval was used and the audit log knows nothing of it",
        sql: "SELECT q.id AS subject, q.turn_id AS detail FROM question q
              WHERE q.spent = 1 AND $2 = $2 AND NOT EXISTS (
                SELECT 1 FROM audit a WHERE a.subject = q.id AND a.action = 'ran_approved')
              LIMIT $1",
    },
    Rule {
        name: "invoice approved",
        says: "a job has more invoices than approvals of one",
        sql: "SELECT i.job_id AS subject, MIN(i.id) AS detail FROM invoice i
              WHERE i.cancels = '' AND $2 = $2 GROUP BY i.job_id
              HAVING COUNT(*) > (SELECT COUNT(*) FROM question q
                                 WHERE q.job_id = i.job_id AND q.spent = 1
                                   AND q.purpose LIKE '%\"tool\":\"create_invoice\"%')
              LIMIT $1",
    },
    Rule {
        name: "one invoice a job",
        says: "several invoices of one job stand",
        sql: "SELECT job_id AS subject, MIN(id) AS detail FROM invoice
              WHERE cancels = '' AND state <> 'cancelled' AND $2 = $2
              GROUP BY job_id HAVING COUNT(*) > 1 LIMIT $1",
    },
    Rule {
        name: "job and invoice agree",
        says: "a job counts as invoiced without an invoice that stands, or the other way round",
        sql: "SELECT j.id AS subject, j.state AS detail FROM job j
              WHERE $2 = $2 AND (CASE WHEN j.state = 'invoiced' THEN 1 ELSE 0 END) <>
                (SELECT COUNT(*) FROM invoice i
                 WHERE i.job_id = j.id AND i.cancels = '' AND i.state <> 'cancelled')
              LIMIT $1",
    },
    Rule {
        name: "invoice numbers",
        says: "the invoice numbers of a year have a gap",
        sql: "SELECT CAST(n.year AS TEXT) AS subject, CAST(n.last AS TEXT) AS detail FROM invoice_number n
              WHERE $2 = $2 AND n.last <> (
                SELECT COUNT(*) FROM invoice i WHERE i.year = n.year AND i.number BETWEEN 1 AND n.last)
              LIMIT $1",
    },
    Rule {
        name: "invoice numbers",
        says: "an invoice has a number that was never given out",
        sql: "SELECT i.id AS subject, CAST(i.number AS TEXT) AS detail FROM invoice i
              WHERE $2 = $2 AND NOT EXISTS (
                SELECT 1 FROM invoice_number n WHERE n.year = i.year AND i.number BETWEEN 1 AND n.last)
              LIMIT $1",
    },
];
