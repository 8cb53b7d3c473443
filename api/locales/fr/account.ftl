## Accounts: coming in, staying signed in, and the credentials of it.

code-not-right = Ce code n’est pas correct ou n’est plus valable. Vérifiez-le ou demandez-en un autre.
password-not-right = L’adresse ou le mot de passe n’est pas correct.
password-too-short = { $least ->
    [one] Un mot de passe compte au moins { $least } caractère.
   *[other] Un mot de passe compte au moins { $least } caractères.
}
password-too-long = { $most ->
    [one] Un mot de passe compte au plus { $most } octet.
   *[other] Un mot de passe compte au plus { $most } octets.
}
proof-required = Votre connexion date déjà : confirmez votre identité par un code ou votre mot de passe.
too-many-attempts = Trop de tentatives ; patientez un peu avant la suivante.
email-taken = Un compte existe déjà avec cette adresse ; connectez-vous.
no-account = Aucun compte n’existe encore avec cette adresse ; inscrivez-vous.
account-suspended = Ce compte est suspendu. Écrivez aux responsables de ce service.
session-ended = Cette session est terminée ; reconnectez-vous.
no-such-session = Cette session n’existe pas.
not-for-support = L’assistance ne peut pas faire cela à la place d’un membre.

invitation-required = Il vous faut une invitation de quelqu’un qui vous connaît.
invitation-not-good = Cette invitation n’est pas valable : mal saisie, déjà utilisée ou expirée. Demandez-en une autre.
invitation-yourself = C’est votre propre invitation ; donnez-la à quelqu’un d’autre.
invitation-not-open = Seule une invitation encore ouverte peut être annulée.
no-such-invitation = Cette invitation n’existe pas.
too-many-invitations = { $most ->
    [one] Vous avez { $most } invitation ouverte ; annulez-la, ou attendez qu’elle soit utilisée ou expirée.
   *[other] Vous avez { $most } invitations ouvertes ; annulez-en une, ou attendez que l’une d’elles soit utilisée ou expirée.
}
claim-code-not-good = Ce code n’est pas valable : mal saisi ou déjà utilisé.

export-first = Exportez d’abord votre compte, ou indiquez que vous partez sans.
