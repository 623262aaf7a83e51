"""Signs in, places an order, reads it, and is refused one of a product that nobody sells."""

import json
import sys
import uuid

from holdfast import AuthenticatedClient, Client
from holdfast.api.orders import get_order, place_order
from holdfast.api.users import sign_in
from holdfast.models import (
    ExpandedOrder,
    Order,
    OrderLineInput,
    OrderOfLines,
    OrderPaymentInputType0,
    PaymentMethod,
    Session,
    SignInBody,
    UnknownSkuProblem,
)

base_url, email, password, sku = sys.argv[1:]


def order_of(ordered: str) -> OrderOfLines:
    line = OrderLineInput(sku=ordered, quantity=2)
    return OrderOfLines(lines=[line], payment=OrderPaymentInputType0(method=PaymentMethod.MANUAL))


session = sign_in.sync(client=Client(base_url=base_url), body=SignInBody(email=email, password=password))
assert isinstance(session, Session), session
client = AuthenticatedClient(base_url=base_url, token=session.access_token)
placed = place_order.sync(client=client, body=order_of(sku), idempotency_key=str(uuid.uuid4()), prefer="wait=8")
assert isinstance(placed, Order), placed
read = get_order.sync(placed.id, client=client)
assert isinstance(read, ExpandedOrder), read
refusal = place_order.sync(client=client, body=order_of("nobody-sells-this"), idempotency_key=str(uuid.uuid4()))
assert isinstance(refusal, UnknownSkuProblem), refusal
print(json.dumps({"order": read.to_dict(), "refusal": refusal.to_dict()}))
