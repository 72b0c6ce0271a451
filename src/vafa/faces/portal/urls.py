from django.urls import path

from vafa.faces.portal import terms

app_name = "portal"
urlpatterns = [
    path("terms", terms.page, name="terms"),
    path("terms/<str:code>.pdf", terms.pdf, name="terms-pdf"),
    path("terms/<str:code>", terms.page, name="terms-in"),
]
