// How the site's search orders what it found: as Sphinx does, but pages with the words in their own title come first, and
// what explains how the library is made, tested and measured comes after what explains how to use it.
var Scorer = {
  score: ([page, title, anchor, description, score]) => {
    const asked = (new URLSearchParams(window.location.search).get("q") || "").trim().toLowerCase();
    if (!anchor && title.toLowerCase().includes(asked)) score += 5;
    if (["chaos", "design", "guarantees", "measurements"].includes(page)) score -= 10;
    return score;
  },

  // The rest is Sphinx's own.
  objNameMatch: 11,
  objPartialMatch: 6,
  objPrio: { 0: 15, 1: 5, 2: -5 },
  objPrioDefault: 0,
  title: 15,
  partialTitle: 7,
  term: 5,
  partialTerm: 2,
};
