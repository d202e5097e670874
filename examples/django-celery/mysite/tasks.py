from celery import shared_task


@shared_task
def greet(name):
    return f"Hello from {name}"
