// Drives a running office agent with the official JavaScript SDK, in both bindings.
// Usage: A2A_SECRET=... node a2a_smoke.mjs URL PREFIX
// Every job it makes has an id that begins with PREFIX. Prints one line a check; exits 1 at the first that fails.

import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { Role, TaskState } from "@a2a-js/sdk";
import { ClientFactory, DefaultAgentCardResolver, JsonRpcTransportFactory, RestTransportFactory } from "@a2a-js/sdk/client";

const [url, prefix] = process.argv.slice(2);

const withSecret = (input, init = {}) => {
  const headers = new Headers(init.headers);
  headers.set("Authorization", `Bearer ${process.env.A2A_SECRET}`);
  return fetch(input, { ...init, headers });
};

const job = (id, hours = 1.5) => ({
  job_id: id,
  technician: "Frank",
  customer_id: "789",
  location: "Schillerstrasse 12, 10117 Berlin",
  work_done: "Repaired the sink pipe",
  hours_worked: hours,
  materials_used: [{ name: "Gasket 10-B", quantity: 1 }],
  status: "validated_by_technician",
});

const part = (content) => ({ content, metadata: undefined, filename: "", mediaType: "" });
const data = (value) => part({ $case: "data", value });
const text = (value) => part({ $case: "text", value });

const message = (parts, fields = {}) => ({
  tenant: "",
  message: {
    messageId: randomUUID(), contextId: "", taskId: "", role: Role.ROLE_USER, parts, metadata: undefined,
    extensions: [], referenceTaskIds: [], ...fields,
  },
  configuration: undefined,
  metadata: undefined,
});

const bindings = [
  ["rpc", new JsonRpcTransportFactory({ fetchImpl: withSecret })],
  ["http", new RestTransportFactory({ fetchImpl: withSecret })],
];

for (const [name, transport] of bindings) {
  const done = (line) => console.log(`ok ${transport.protocolName}: ${line}`);
  const factory = new ClientFactory({
    transports: [transport],
    cardResolver: new DefaultAgentCardResolver({ fetchImpl: withSecret }),
  });
  const client = await factory.createFromUrl(url);
  const id = `${prefix}-${name}`;

  const task = await client.sendMessage(message([data(job(id))]));
  assert.equal(task.id, id);
  assert.equal(task.status.state, TaskState.TASK_STATE_WORKING);
  done("a job in a data part becomes a task named by the job");

  const again = await client.sendMessage(message([text(JSON.stringify(job(id)))]));
  assert.equal(again.id, id);
  done("the same job as JSON in text is the same task");

  const refused = await client.sendMessage(message([text("please bill the Meier job")]));
  assert.equal(refused.status.state, TaskState.TASK_STATE_REJECTED);
  assert.match(refused.status.message.parts[0].content.value, /job_id/);
  done("free text is told what is expected");

  await assert.rejects(client.sendMessage(message([data(job(id, 7))])), /other data/);
  done("other data under the same id is a conflict");

  const got = await client.getTask({ tenant: "", id });
  assert.equal(got.contextId, id);
  await assert.rejects(client.getTask({ tenant: "", id: `${id}-none` }), /no task/);
  done("a task is found, another is not");

  const listed = await client.listTasks({
    tenant: "", contextId: id, status: TaskState.TASK_STATE_UNSPECIFIED, pageSize: 10, pageToken: "",
    statusTimestampAfter: undefined,
  });
  assert.deepEqual(listed.tasks.map((task) => task.id), [id]);
  assert.equal(listed.nextPageToken, "");
  done("tasks are listed by context");

  const config = { tenant: "", id: "here", taskId: id, url: "http://127.0.0.1:9/hook", token: "secret-token", authentication: undefined };
  const made = await client.createTaskPushNotificationConfig(config);
  assert.equal(made.url, config.url);
  assert.equal(made.token, "");
  await client.deleteTaskPushNotificationConfig({ tenant: "", taskId: id, id: "here" });
  done("a push notification config is made and deleted");

  const cancelled = await client.cancelTask({ tenant: "", id, metadata: undefined });
  assert.equal(cancelled.status.state, TaskState.TASK_STATE_CANCELED);
  await assert.rejects(client.cancelTask({ tenant: "", id, metadata: undefined }), /withdrawn already/);
  done("a task is cancelled once");
}
