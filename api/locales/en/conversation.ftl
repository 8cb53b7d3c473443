## Conversations and notifications.

no-such-conversation = There is no such conversation.
conversation-not-tied = You can write to those you are tied to.
conversation-empty = Nobody is left in this conversation.
no-such-message = There is no such message.
message-elsewhere = A message of yours in another conversation has this client id; make a new one for each message.
message-deleted = A message that was taken back cannot be changed.
not-a-uuid = This is not a UUID such as 018f5a1e-7b2c-7d3e-8f40-123456789abc.
no-such-notification = There is no such notification.

link-open = Open this in Kith
link-open-explained = This link leads to something in the app. Open it on the phone on which you use Kith.
