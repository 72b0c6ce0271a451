/* What every page with htmx needs: the form token, and a place for what went wrong. */
(() => {
  "use strict";
  const told = (name) => (document.querySelector(`meta[name="${name}"]`) || { content: "" }).content;

  function place() {
    let region = document.getElementById("refusal");
    if (!region) {
      region = document.createElement("div");
      region.id = "refusal";
      region.setAttribute("role", "alert");
      document.body.append(region);
    }
    return region;
  }

  function say(sentence) {
    const box = document.createElement("div");
    box.className = "v-refusal";
    box.textContent = sentence;
    place().replaceChildren(box);
  }

  document.addEventListener("htmx:configRequest", (event) => {
    event.detail.headers["X-CSRFToken"] = told("csrf-token");
  });

  document.addEventListener("htmx:beforeSwap", (event) => {
    const { xhr } = event.detail;
    const text = xhr.responseText.trimStart();
    if (xhr.status < 400) {
      /* the session ended: the page for signing in came instead of a part */
      if (new URL(xhr.responseURL || location.href, location.href).pathname.startsWith("/accounts/") && !location.pathname.startsWith("/accounts/")) {
        event.detail.shouldSwap = false;
        location.reload();
        return;
      }
      place().replaceChildren();
      return;
    }
    event.detail.isError = false;
    if (/^<!doctype/i.test(text) || !text || xhr.status >= 500) {
      event.detail.shouldSwap = false;
      say(told("told-broken"));
    } else if (!text.includes("hx-swap-oob")) {
      event.detail.shouldSwap = true;
      event.detail.target = place();
      event.detail.swapOverride = "innerHTML";
    }
  });

  /* a part that only replaces parts elsewhere leaves its target as it is */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const part = new DOMParser().parseFromString(event.detail.serverResponse || "", "text/html").body;
    if (part.children.length && [...part.children].every((child) => child.hasAttribute("hx-swap-oob"))) {
      event.detail.shouldSwap = true;
      event.detail.swapOverride = "none";
    }
  });

  document.addEventListener("htmx:sendError", () => say(told("told-offline")));
  document.addEventListener("click", (event) => {
    if (event.target.closest("[data-close-refusal]")) place().replaceChildren();
  });
})();
