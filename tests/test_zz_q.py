import collections, re
import cast, pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from vafa.loop.daily import every_morning
from vafa.core import clock
@pytest.mark.parametrize("a", ["/know", "/know/customer/C5", "/till/find?q=0105", "R"])
def test_q(club, as_sara, a):
    cast.walk_the_ladder(); every_morning(clock.now())
    as_sara.get("/know")
    with CaptureQueriesContext(connection) as c:
        if a=="R": as_sara.post("/till/record", {"customer":"C1","amount":"5","key":"00000000-0000-0000-0000-000000000001"}, headers={"HX-Request":"true"})
        else: as_sara.get(a, headers={"HX-Request":"true"} if "till" in a else {})
    print("\n==", a, len(c))
    n=collections.Counter(re.sub(r"\d+","N",q["sql"])[:110]+" ... "+re.sub(r"\d+","N",q["sql"])[-60:] for q in c.captured_queries)
    for k,v in n.most_common(12): print(v,k)
