## Conversations et notifications.

no-such-conversation = Cette conversation n’existe pas.
conversation-not-tied = Vous pouvez écrire aux personnes avec qui vous êtes lié.
conversation-empty = Il n’y a plus personne dans cette conversation.
no-such-message = Ce message n’existe pas.
message-elsewhere = Un de vos messages dans une autre conversation porte cet identifiant ; créez-en un nouveau pour chaque message.
message-deleted = Un message retiré ne peut pas être modifié.
not-a-uuid = Ce n’est pas un UUID tel que 018f5a1e-7b2c-7d3e-8f40-123456789abc.
no-such-notification = Cette notification n’existe pas.

link-open = Ouvrir dans Kith
link-open-explained = Ce lien mène à quelque chose dans l’application. Ouvrez-le sur le téléphone où vous utilisez Kith.
