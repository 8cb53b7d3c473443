## Webhooks: where communities tell partners what happens.

no-such-webhook = There is no such webhook.
no-such-delivery = There is no such delivery.
webhook-without-events = Choose at least one event.
too-many-webhooks = { $most ->
    [one] The community has { $most } webhook; delete it first.
   *[other] The community has { $most } webhooks; delete one first.
}
not-a-receiver = Give an https address with a host, without a user and without a fragment, at port 443 or from 1024 on.
not-a-public-receiver = This address does not lead to the public internet.
secrets-overlap = { $most ->
    [one] Let the old secret sign for at most { $most } hour.
   *[other] Let the old secret sign for at most { $most } hours.
}
webhook-not-enabled = The webhook is paused or disabled; enable it first.
replay-until-later = The end must lie after the beginning.
too-many-replays = { $most ->
    [one] At most { $most } delivery is sent again at once; choose a shorter time.
   *[other] At most { $most } deliveries are sent again at once; choose a shorter time.
}
