from django.urls import path

from vafa.faces.office import customers, engage, liability, measure, overview, reward, segment, settings

app_name = "office"
urlpatterns = [
    path("", overview.page, name="overview"),
    path("figure/<str:name>", overview.figure, name="figure"),
    path("find", customers.find, name="find"),
    path("know", customers.page, name="know"),
    path("know/customers.csv", customers.export, name="export"),
    path("know/customer/<str:code>", customers.card, name="customer"),
    path("know/customer/<str:code>/edit", customers.edit, name="edit"),
    path("know/customer/<str:code>/threshold", customers.threshold, name="threshold"),
    path("segment", segment.page, name="segment"),
    path("reward", reward.page, name="reward"),
    path("reward/back-test", reward.back_test, name="back-test"),
    path("reward/terms", reward.terms_page, name="terms"),
    path("reward/value", reward.value, name="programme-value"),
    path("reward/change", reward.change, name="programme-change"),
    path("reward/draft", reward.draft, name="draft"),
    path("reward/launch", reward.launch, name="launch"),
    path("engage", engage.page, name="engage"),
    path("engage/letter/<int:message_id>", engage.letter, name="letter"),
    path("engage/approve", engage.approve, name="approve"),
    path("engage/withdraw", engage.withdraw, name="withdraw"),
    path("engage/drop/<int:message_id>", engage.drop, name="drop"),
    path("engage/recipe/<str:kind>", engage.switch, name="recipe"),
    path("measure", measure.page, name="measure"),
    path("measure/owed", liability.page, name="owed"),
    path("measure/owed.csv", liability.export, name="owed-export"),
    path("settings", settings.page, name="settings"),
]
