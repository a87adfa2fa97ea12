from celery import shared_task

from users.mails import mail_password_link


@shared_task
def send_password_link(user_id: int, reason: str) -> None:
    mail_password_link(user_id=user_id, reason=reason)
