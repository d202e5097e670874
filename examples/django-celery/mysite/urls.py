from django.http import JsonResponse
from django.urls import path

from .tasks import greet


def index(request):
    return JsonResponse({"queued": greet.delay("web").id})


urlpatterns = [path("", index)]
