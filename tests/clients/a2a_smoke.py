"""Drives a running office agent with the official Python SDK, in both bindings.

Usage: A2A_SECRET=... python a2a_smoke.py URL PREFIX
Every job it makes has an id that begins with PREFIX. Prints one line a check; exits 1 at the first that fails.
"""

import asyncio
import json
import os
import sys
import uuid

import httpx
from a2a.client import ClientConfig, ClientFactory
from a2a.client.errors import A2AClientError
from a2a.types import (
    CancelTaskRequest,
    DeleteTaskPushNotificationConfigRequest,
    GetTaskPushNotificationConfigRequest,
    GetTaskRequest,
    ListTaskPushNotificationConfigsRequest,
    ListTasksRequest,
    Message,
    Part,
    Role,
    SendMessageRequest,
    SubscribeToTaskRequest,
    TaskPushNotificationConfig,
    TaskState,
)
from a2a.utils.errors import (
    InvalidParamsError,
    TaskNotCancelableError,
    TaskNotFoundError,
)
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Value


def job(job_id, hours=1.5):
    return {
        "job_id": job_id,
        "technician": "Frank",
        "customer_id": "789",
        "location": "Schillerstrasse 12, 10117 Berlin",
        "work_done": "Repaired the sink pipe",
        "hours_worked": hours,
        "materials_used": [{"name": "Gasket 10-B", "quantity": 1}],
        "status": "validated_by_technician",
    }


def request(*parts, message_id=None, **fields):
    message = Message(message_id=message_id or str(uuid.uuid4()), role=Role.ROLE_USER, parts=parts, **fields)
    return SendMessageRequest(message=message)


def data(value):
    return Part(data=ParseDict(value, Value()), media_type="application/json")


async def send(client, message):
    replies = [reply async for reply in client.send_message(message)]
    assert len(replies) == 1 and replies[0].HasField("task"), replies
    return replies[0].task


async def fails(expected, call):
    try:
        await call
    except expected as error:
        return str(error)
    raise AssertionError(f"{expected.__name__} did not come")


async def drain(stream):
    return [event async for event in stream]


async def story(client, prefix, done):
    one, two = f"{prefix}-1", f"{prefix}-2"
    first = request(data(job(one)))
    task = await send(client, first)
    assert (task.id, task.context_id) == (one, one), task
    assert task.status.state == TaskState.TASK_STATE_WORKING, task
    assert task.status.HasField("timestamp")
    done("a job in a data part becomes a task named by the job")
    assert await send(client, first) == task
    assert await send(client, request(data(job(one)))) == task
    done("the same message, and the same job in another message, are the same task")
    text = await send(client, request(Part(text=json.dumps(job(two))), context_id="session-" + prefix))
    assert (text.id, text.context_id) == (two, "session-" + prefix), text
    done("a job as JSON in a text part is taken, in the caller's context")
    refused = await send(client, request(Part(text="please bill the Meier job")))
    assert refused.status.state == TaskState.TASK_STATE_REJECTED
    assert "job_id" in refused.status.message.parts[0].text
    done("free text is told what is expected")
    conflict = await fails(A2AClientError, send(client, request(data(job(one, 7)))))
    assert "409" in conflict or "Conflict" in conflict, conflict
    done("other data under the same id is a conflict")
    corrected = await send(client, request(data(job(one, 2)), task_id=one))
    assert corrected.id == one
    done("a message that continues the task corrects the job")
    await fails(InvalidParamsError, send(client, SendMessageRequest(message=Message(message_id="x"))))
    done("a message without parts is refused by its field")
    assert (await client.get_task(GetTaskRequest(id=one))).status.state == TaskState.TASK_STATE_WORKING
    await fails(TaskNotFoundError, client.get_task(GetTaskRequest(id=prefix + "-none")))
    done("a task is found, another is not")
    listed = await client.list_tasks(ListTasksRequest(context_id="session-" + prefix, page_size=1))
    assert [task.id for task in listed.tasks] == [two] and listed.total_size == 1, listed
    ids, token = [], ""
    while True:
        page = await client.list_tasks(ListTasksRequest(page_size=1, page_token=token))
        ids += [task.id for task in page.tasks]
        token = page.next_page_token
        if not token:
            break
    assert one in ids and two in ids and len(ids) == len(set(ids)), ids
    done("tasks are listed by context and page by page")
    await push_configs(client, one, done)
    await fails(NotImplementedError, drain(client.subscribe(SubscribeToTaskRequest(id=one))))
    done("the client learns from the card that nothing is streamed")
    cancelled = await client.cancel_task(CancelTaskRequest(id=one))
    assert cancelled.status.state == TaskState.TASK_STATE_CANCELED, cancelled
    assert MessageToDict(cancelled.artifacts[0].parts[0].data)["status"] == "withdrawn"
    await fails(TaskNotCancelableError, client.cancel_task(CancelTaskRequest(id=one)))
    await fails(TaskNotFoundError, client.cancel_task(CancelTaskRequest(id=prefix + "-none")))
    done("a task is cancelled once")


async def push_configs(client, task, done):
    config = TaskPushNotificationConfig(task_id=task, id="here", url="http://127.0.0.1:9/hook", token="secret-token")
    made = await client.create_task_push_notification_config(config)
    assert (made.id, made.task_id, made.url) == ("here", task, config.url), made
    name = {"task_id": task, "id": "here"}
    shown = await client.get_task_push_notification_config(GetTaskPushNotificationConfigRequest(**name))
    assert shown.url == config.url and shown.token == "", shown
    of_task = ListTaskPushNotificationConfigsRequest(task_id=task)
    assert len((await client.list_task_push_notification_configs(of_task)).configs) == 1
    await client.delete_task_push_notification_config(DeleteTaskPushNotificationConfigRequest(**name))
    await fails(TaskNotFoundError, client.get_task_push_notification_config(GetTaskPushNotificationConfigRequest(**name)))
    done("push notification configs are made, shown without secrets, listed and deleted")


async def main(url, prefix):
    headers = {"Authorization": f"Bearer {os.environ['A2A_SECRET']}"}
    async with httpx.AsyncClient(headers=headers, timeout=20, trust_env=False) as http:
        for binding in ["JSONRPC", "HTTP+JSON"]:
            # Streaming is left on: a client falls back when the card says that the agent does not stream.
            config = ClientConfig(
                httpx_client=http, supported_protocol_bindings=[binding], use_client_preference=True
            )
            client = await ClientFactory(config).create_from_url(url)
            name = f"{prefix}-{'rpc' if binding == 'JSONRPC' else 'http'}"
            await story(client, name, lambda line, binding=binding: print(f"ok {binding}: {line}", flush=True))
        async with httpx.AsyncClient(trust_env=False) as stranger:
            card = await stranger.get(url + "/.well-known/agent-card.json")
            assert card.status_code == 200
            refused = await stranger.post(url + "/message:send", json={})
            assert refused.status_code == 401
            print("ok: the card is public, the rest is not", flush=True)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], sys.argv[2]))
