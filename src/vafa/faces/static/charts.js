/* Charts: <figure data-chart="ID"> with its specification in <script type="application/json" id="ID">,
   one for both themes or {"light": …, "dark": …}. */
(() => {
  "use strict";
  const views = new Map();
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const source = document.currentScript.dataset.theme;
  const WEEK = ["یکشنبه", "دوشنبه", "سه‌شنبه", "چهارشنبه", "پنجشنبه", "جمعه", "شنبه"];
  const MONTHS = ["ژانویه", "فوریه", "مارس", "آوریل", "مه", "ژوئن", "ژوئیه", "اوت", "سپتامبر", "اکتبر", "نوامبر", "دسامبر"];
  let themes = null;

  async function theme() {
    themes = themes || fetch(source).then((answer) => answer.json());
    return (await themes)[dark.matches ? "dark" : "light"];
  }

  /* digits and months as the reader writes them */
  function locale() {
    if (document.documentElement.lang !== "fa") return {};
    return {
      formatLocale: {
        decimal: "٫", thousands: "٬", grouping: [3], currency: ["", ""], percent: "٪", minus: "\u2212",
        numerals: ["۰", "۱", "۲", "۳", "۴", "۵", "۶", "۷", "۸", "۹"],
      },
      timeFormatLocale: {
        dateTime: "%A %e %B %Y %X", date: "%Y/%m/%d", time: "%H:%M:%S", periods: ["ق.ظ", "ب.ظ"],
        days: WEEK, shortDays: WEEK, months: MONTHS, shortMonths: MONTHS,
      },
    };
  }

  async function draw(figure) {
    const script = document.getElementById(figure.dataset.chart);
    const where = figure.querySelector(".v-draw");
    if (!script || !where) return;
    const before = views.get(figure);
    if (before) before.finalize();
    const label = where.getAttribute("aria-label") || "";
    const told = JSON.parse(script.textContent);
    const spec = told[dark.matches ? "dark" : "light"] || told;
    const result = await window.vegaEmbed(where, spec, {
      mode: "vega-lite",
      ast: true,
      renderer: "svg",
      actions: false,
      defaultStyle: false,
      tooltip: { disableDefaultStyle: true },
      config: await theme(),
      ...locale(),
    });
    views.set(figure, result);
    /* one picture with one sentence for the ear; vega would announce every mark */
    where.setAttribute("role", "img");
    where.setAttribute("aria-label", label);
    where.removeAttribute("aria-roledescription");
    for (const part of where.children) part.setAttribute("aria-hidden", "true");
  }

  function all(root) {
    for (const [figure, view] of views) {
      if (!figure.isConnected) {
        view.finalize();
        views.delete(figure);
      }
    }
    const inside = root.querySelectorAll ? [...root.querySelectorAll("figure[data-chart]")] : [];
    for (const figure of inside) if (!views.has(figure)) draw(figure);
  }

  document.addEventListener("DOMContentLoaded", () => all(document));
  document.addEventListener("htmx:afterSettle", () => all(document));
  dark.addEventListener("change", () => [...views.keys()].forEach(draw));
})();
