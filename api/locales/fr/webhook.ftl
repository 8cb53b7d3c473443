## Webhooks : où les communautés disent à des partenaires ce qui se passe.

no-such-webhook = Ce webhook n’existe pas.
no-such-delivery = Cette livraison n’existe pas.
webhook-without-events = Choisissez au moins un événement.
too-many-webhooks = { $most ->
    [one] La communauté a { $most } webhook ; supprimez-le d’abord.
   *[other] La communauté a { $most } webhooks ; supprimez-en un d’abord.
}
not-a-receiver = Indiquez une adresse https avec un hôte, sans utilisateur ni fragment, au port 443 ou à partir de 1024.
not-a-public-receiver = Cette adresse ne mène pas à l’internet public.
secrets-overlap = { $most ->
    [one] L’ancien secret peut encore signer pendant { $most } heure au plus.
   *[other] L’ancien secret peut encore signer pendant { $most } heures au plus.
}
webhook-not-enabled = Le webhook est en pause ou désactivé ; activez-le d’abord.
replay-until-later = La fin doit être postérieure au début.
too-many-replays = { $most ->
    [one] { $most } livraison au plus est renvoyée à la fois ; choisissez une période plus courte.
   *[other] { $most } livraisons au plus sont renvoyées à la fois ; choisissez une période plus courte.
}
