/* Small comforts over pages that work without them. Everything is bound by data attributes; no text lives here:
   words come from the page, names of days and months from the browser in the page's language. */
"use strict";
(() => {
  const root = document.documentElement;
  const all = (selector, from = document) => [...from.querySelectorAll(selector)];
  const make = (tag, attributes = {}, text = "") => {
    const element = Object.assign(document.createElement(tag), { textContent: text });
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    return element;
  };
  root.classList.add("has-js");

  /* The rail as a drawer, the search box as a drop-down (phones). */
  all("[data-drawer]").forEach((opener) =>
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      document.getElementById(opener.dataset.drawer).classList.toggle("is-open");
    }));
  all("[data-toggle]").forEach((opener) =>
    opener.addEventListener("click", (event) => {
      event.preventDefault();
      const box = document.getElementById(opener.dataset.toggle);
      if (box.classList.toggle("is-open")) box.querySelector("input").focus();
    }));

  /* Menus close when the reader goes elsewhere. */
  document.addEventListener("click", (event) =>
    all("details[data-menu][open]").forEach((menu) => menu.contains(event.target) || menu.removeAttribute("open")));
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    all("details[data-menu][open]").forEach((menu) => {
      menu.removeAttribute("open");
      menu.querySelector("summary").focus();
    });
    all(".tl-rail.is-open, .tl-find.is-open").forEach((box) => box.classList.remove("is-open"));
    closeCalendar();
  });

  /* What is slid sideways on a phone begins where the reader is: a row of tabs at the one in use, a year at the last
     month in which there is something. */
  all(".tl-tabs > [aria-current]").forEach((tab) => {
    const row = tab.parentElement;
    row.scrollLeft = tab.offsetLeft - row.offsetLeft - (row.clientWidth - tab.offsetWidth) / 2;
  });
  all(".tl-scroll:has(> .is-full)").forEach((box) => {
    const last = all("rect", box).reduce((end, bar) => Math.max(end, bar.getBoundingClientRect().right), -Infinity);
    if (last > -Infinity) box.scrollBy(Math.min(last + 40 - box.getBoundingClientRect().right, 0), 0);
  });

  /* A chosen filter applies at once; empty ones stay out of the address. */
  all("form[data-auto]").forEach((form) => {
    form.addEventListener("change", (event) => event.target.matches("select") && form.requestSubmit());
    form.addEventListener("submit", () =>
      all("select, input", form).forEach((control) => { control.disabled = control.value === ""; }));
  });

  all("form[data-send]").forEach((form) => form.submit());
  all("[data-print]").forEach((button) => button.addEventListener("click", () => window.print()));
  all("[data-focus]").forEach((element) => element.focus());
  all("[data-fill]").forEach((button) =>
    button.addEventListener("click", () => {
      const field = document.getElementById(button.dataset.fill);
      field.value = button.dataset.value;
      field.focus();
    }));
  /* A password is shown while its owner wants to see it, and never sent from an open field, which browsers would keep. */
  all("[data-show]").forEach((button) => {
    const field = document.getElementById(button.dataset.show);
    const show = (open) => {
      field.type = open ? "text" : "password";
      button.setAttribute("aria-pressed", String(open));
    };
    button.addEventListener("click", () => show(field.type === "password"));
    field.form.addEventListener("submit", () => show(false));
  });
  all("[data-copy]").forEach((button) =>
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.done;
    }));

  /* A code behind the # of a link, which no server sees: into its field, out of the address, and on. */
  all("[data-from-fragment]").forEach((field) => {
    if (location.hash.length < 40) return;
    field.value = location.hash.slice(1);
    history.replaceState(null, "", location.pathname);
    field.form.requestSubmit();
  });

  /* A sum shared out by hand: what is left of it is told while one types, in whole fen. */
  all("form[data-share]").forEach((form) => {
    const fen = (typed) => {
      const found = /^(\d{1,9}|\d{1,3}(?:,\d{3}){1,2})(?:\.(\d{1,2}))?$/.exec(typed.trim() || "0");
      return found ? BigInt(found[1].replaceAll(",", "") + (found[2] || "").padEnd(2, "0")) : null;
    };
    const yuan = (sum) => {
      const digits = String(sum).padStart(3, "0");
      return `${digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",")}.${digits.slice(-2)}`;
    };
    const tell = () => {
      const sums = all("[data-yuan]", form).map((field) => fen(field.value));
      const odd = sums.includes(null);
      const left = odd ? 0n : sums.reduce((rest, sum) => rest - sum, BigInt(form.dataset.share));
      const state = odd ? "odd" : left > 0n ? "less" : left < 0n ? "more" : "even";
      all("[data-when]", form).forEach((part) => { part.hidden = part.dataset.when !== state; });
      all("[data-left]", form).forEach((part) => { part.textContent = yuan(left < 0n ? -left : left); });
    };
    form.addEventListener("input", tell);
    tell();
  });

  /* A long task: asks every two seconds, then opens what it made. */
  all("[data-poll]").forEach((panel) => {
    const part = (name, text) => { panel.querySelector(`[data-part="${name}"]`).textContent = text; };
    const ask = async () => {
      const answer = await fetch(panel.dataset.poll, { headers: { Accept: "application/json" } }).catch(() => null);
      if (!answer || !answer.ok) { setTimeout(ask, 5000); return; }
      const job = await answer.json();
      if (job.next) { window.location.assign(job.next); return; }
      part("stage", job.stage);
      part("done", job.done.toLocaleString("en"));
      part("total", job.total.toLocaleString("en"));
      part("left", job.left);
      Object.assign(panel.querySelector("progress"), { max: job.total || 1, value: job.done });
      setTimeout(ask, 2000);
    };
    setTimeout(ask, 2000);
  });

  /* Dates may be typed or picked: focusing the field opens a month, typing leaves it be. */
  let calendar = null;
  const closeCalendar = () => { calendar?.remove(); calendar = null; };
  const iso = (year, month, day) =>
    `${year}-${String(month + 1).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
  const words = (options) => new Intl.DateTimeFormat(root.lang, options);

  const openCalendar = (field) => {
    closeCalendar();
    const typed = /^(\d{4})-(\d{1,2})-(\d{1,2})$/.exec(field.value.trim());
    const shown = typed ? new Date(+typed[1], +typed[2] - 1, 1) : new Date();
    calendar = make("div", { class: "tl-cal", role: "dialog" });
    calendar.addEventListener("mousedown", (event) => event.preventDefault());
    field.insertAdjacentElement("afterend", calendar);
    calendar.style.left = `${field.offsetLeft}px`;
    calendar.style.top = `${field.offsetTop + field.offsetHeight + 4}px`;
    draw(field, shown.getFullYear(), shown.getMonth());
  };

  const draw = (field, year, month) => {
    const head = make("div", { class: "tl-cal-head" });
    const turn = (sign, by) => {
      const button = make("button", { type: "button", tabindex: "-1" }, sign);
      const to = new Date(year, month + by, 1);
      button.addEventListener("click", () => draw(field, to.getFullYear(), to.getMonth()));
      return button;
    };
    const title = words({ year: "numeric", month: "long" }).format(new Date(year, month, 1));
    head.append(turn("«", -12), turn("‹", -1), make("span", {}, title), turn("›", 1), turn("»", 12));
    const grid = make("div", { class: "tl-cal-grid" });
    for (let day = 1; day <= 7; day += 1) {
      grid.append(make("span", {}, words({ weekday: "narrow" }).format(new Date(2024, 0, day))));
    }
    for (let blank = (new Date(year, month, 1).getDay() + 6) % 7; blank > 0; blank -= 1) grid.append(make("i"));
    const today = new Date();
    for (let day = 1; day <= new Date(year, month + 1, 0).getDate(); day += 1) {
      const value = iso(year, month, day);
      const button = make("button", { type: "button", tabindex: "-1", "aria-pressed": String(value === field.value) }, day);
      if (value === iso(today.getFullYear(), today.getMonth(), today.getDate())) button.setAttribute("aria-current", "date");
      button.addEventListener("click", () => {
        field.value = value;
        field.dispatchEvent(new Event("change", { bubbles: true }));
        closeCalendar();
      });
      grid.append(button);
    }
    calendar.replaceChildren(head, grid);
  };

  all("input[data-date]").forEach((field) => {
    field.addEventListener("focus", () => openCalendar(field));
    field.addEventListener("click", () => calendar || openCalendar(field));
    field.addEventListener("input", closeCalendar);
    field.addEventListener("blur", closeCalendar);
  });

  /* A person may be typed by name, pinyin or number: the field offers whom that may mean. */
  all("input[data-suggest]").forEach((field) => {
    const list = make("ul", { class: "tl-suggest", role: "listbox", id: `${field.id}-list`, hidden: "" });
    field.insertAdjacentElement("afterend", list);
    Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list" })
      .forEach(([name, value]) => field.setAttribute(name, value));
    let timer = 0;
    let asked = "";
    const options = () => [...list.children];
    const at = () => options().findIndex((option) => option.getAttribute("aria-selected") === "true");
    const close = () => { list.hidden = true; field.setAttribute("aria-expanded", "false"); };
    const pick = (option) => { field.value = option.dataset.value; asked = field.value; close(); };
    const mark = (place) => options().forEach((option, index) => {
      option.setAttribute("aria-selected", String(index === place));
      if (index === place) { field.setAttribute("aria-activedescendant", option.id); option.scrollIntoView({ block: "nearest" }); }
    });
    const ask = async () => {
      const typed = field.value.trim();
      if (!typed || typed === asked) { close(); return; }
      asked = typed;
      const answer = await fetch(`${field.dataset.suggest}?q=${encodeURIComponent(typed)}`,
        { headers: { Accept: "application/json" } }).catch(() => null);
      if (!answer || !answer.ok || field.value.trim() !== typed) return;
      const found = await answer.json();
      list.replaceChildren(...found.map((person, index) => {
        const option = make("li", { role: "option", id: `${list.id}-${index}`, "data-value": person.value, "aria-selected": "false" });
        option.append(make("b", {}, person.name), make("span", {}, person.value), make("span", {}, person.place));
        option.addEventListener("mousedown", (event) => { event.preventDefault(); pick(option); });
        return option;
      }));
      list.hidden = found.length === 0;
      field.setAttribute("aria-expanded", String(found.length > 0));
    };
    field.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 150); });
    field.addEventListener("blur", close);
    field.addEventListener("keydown", (event) => {
      if (list.hidden) return;
      const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (step) {
        event.preventDefault();
        mark((at() + step + options().length) % options().length);
      } else if (event.key === "Enter" && at() >= 0) {
        event.preventDefault();
        pick(options()[at()]);
      } else if (event.key === "Escape") {
        close();
      }
    });
  });
})();
