/* The till by keyboard: Enter goes on, Esc begins anew, F2 takes the reward, F8 takes back, digits choose. */
(() => {
  "use strict";
  const till = () => document.getElementById("till");
  const first = (selector) => till().querySelector(selector);

  function focus() {
    const field = first("[data-focus]") || first("input:not([type=hidden])");
    if (field) field.focus();
  }

  function typed(key) {
    const field = document.activeElement && document.activeElement.matches("#till input") ? document.activeElement : first("[data-amount], input[name=q]");
    if (!field) return;
    field.value = key === "back" ? field.value.slice(0, -1) : field.value + key;
    field.focus();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function pressed(event) {
    const name = { Escape: "[data-next]", F2: "[data-redeem]", F8: "[data-undo]" }[event.key];
    const button = name && first(name);
    if (button) {
      event.preventDefault();
      button.click();
      return;
    }
    const list = first("[data-pick]");
    if (!list || event.target.matches("input")) return;
    const buttons = [...list.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowUp: -1, j: 1, k: -1 }[event.key];
    if (step) {
      event.preventDefault();
      const at = buttons.indexOf(document.activeElement);
      buttons[(at + step + buttons.length) % buttons.length].focus();
    } else if (/^[1-9]$/.test(event.key) && buttons[event.key - 1]) {
      event.preventDefault();
      buttons[event.key - 1].click();
    }
  }

  document.addEventListener("DOMContentLoaded", () => {
    focus();
    document.addEventListener("keydown", pressed);
    document.addEventListener("click", (event) => {
      const key = event.target.closest("[data-key]");
      if (key) typed(key.dataset.key);
    });
    /* both generations of htmx name the moment after a swap differently */
    for (const moment of ["htmx:afterSwap", "htmx:after:swap"]) {
      document.addEventListener(moment, (event) => {
        const where = (event.detail && (event.detail.target || (event.detail.ctx && event.detail.ctx.target))) || event.target;
        if (where && where.id === "till") focus();
      });
    }
  });
})();
