from accounts.models.account import Account, AccountHistory, AccountMember, AccountNumber
from accounts.models.contact import Contact, ContactHistory
from accounts.models.interaction import Interaction, Task
from accounts.models.note import Attachment, Comment, CommentText
from accounts.models.notification import Notification, NotificationMute
from accounts.models.tier import Standing, Tier

__all__ = [
    "Account",
    "AccountHistory",
    "AccountMember",
    "AccountNumber",
    "Attachment",
    "Comment",
    "CommentText",
    "Contact",
    "ContactHistory",
    "Interaction",
    "Notification",
    "NotificationMute",
    "Standing",
    "Task",
    "Tier",
]
