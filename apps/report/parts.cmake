# What the page is put together from, in this order; the scripts are one.
set(report_texts html css js)
set(report_html
  ../support/head.html
  report.html)
set(report_css report.css)
set(report_js
  script/page.js
  script/headline.js
  script/ground.js
  script/tables.js
  script/charts.js
  script/pictures.js
  script/paths.js
  script/latents.js
  script/setup.js)
