from django.urls import path

from vafa.faces.till import views

app_name = "till"
urlpatterns = [
    path("", views.start, name="start"),
    path("find", views.find, name="find"),
    path("customer/<str:code>", views.customer, name="customer"),
    path("anonymous", views.anonymous, name="anonymous"),
    path("quote", views.quote, name="quote"),
    path("record", views.record, name="record"),
    path("redeem", views.redeem, name="redeem"),
    path("voucher", views.claim, name="voucher"),
    path("enrol", views.enrol, name="enrol"),
    path("undo", views.undo, name="undo"),
]
