"""An office agent by the official Python SDK, for the link's own client to talk to.

Usage: python a2a_server.py PORT_FILE
Listens on a free port of the loopback and writes its number to PORT_FILE. A job whose id ends in `-hold` stays at work
until it is cancelled; any other is settled at once. Task ids are the SDK's own.
"""

import asyncio
import os
import socket
import sys

import httpx
import uvicorn
from a2a.server.agent_execution import AgentExecutor
from a2a.server.request_handlers import DefaultRequestHandler
from a2a.server.routes import create_agent_card_routes, create_jsonrpc_routes
from a2a.server.tasks import (
    BasePushNotificationSender,
    InMemoryPushNotificationConfigStore,
    InMemoryTaskStore,
    TaskUpdater,
)
from a2a.types import (
    AgentCapabilities,
    AgentCard,
    AgentInterface,
    AgentSkill,
    Part,
    Task,
    TaskState,
    TaskStatus,
)
from google.protobuf.json_format import MessageToDict, ParseDict
from google.protobuf.struct_pb2 import Value
from starlette.applications import Starlette


class Office(AgentExecutor):
    async def execute(self, context, event_queue):
        job = MessageToDict(context.message.parts[0].data)["job_id"]
        status = TaskStatus(state=TaskState.TASK_STATE_SUBMITTED)
        await event_queue.enqueue_event(Task(id=context.task_id, context_id=context.context_id, status=status))
        updater = TaskUpdater(event_queue, context.task_id, context.context_id)
        await updater.start_work()
        if job.endswith("-hold"):
            await asyncio.sleep(600)
        settlement = {"job_id": job, "status": "completed", "note": "billed abroad", "invoice_id": "X-1"}
        await updater.add_artifact([Part(data=ParseDict(settlement, Value()))])
        await updater.complete()

    async def cancel(self, context, event_queue):
        await TaskUpdater(event_queue, context.task_id, context.context_id).cancel()


def main(port_file):
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
    card = AgentCard(
        name="office",
        description="bills jobs",
        version="1",
        supported_interfaces=[AgentInterface(url=url, protocol_binding="JSONRPC", protocol_version="1.0")],
        capabilities=AgentCapabilities(push_notifications=True),
        default_input_modes=["application/json"],
        default_output_modes=["application/json"],
        skills=[AgentSkill(id="bill", name="bill", description="bills jobs", tags=["billing"])],
    )
    configs = InMemoryPushNotificationConfigStore()
    handler = DefaultRequestHandler(
        agent_executor=Office(),
        task_store=InMemoryTaskStore(),
        agent_card=card,
        push_config_store=configs,
        push_sender=BasePushNotificationSender(httpx.AsyncClient(trust_env=False), configs),
    )
    routes = create_agent_card_routes(card) + create_jsonrpc_routes(handler, "/")
    with open(port_file + ".new", "w", encoding="ascii") as file:
        file.write(str(listener.getsockname()[1]))
    os.rename(port_file + ".new", port_file)
    uvicorn.Server(uvicorn.Config(Starlette(routes=routes), log_level="warning")).run(sockets=[listener])


if __name__ == "__main__":
    main(sys.argv[1])
