# What the page is put together from, in this order. It draws with the report's style and charts.
set(study_texts html css js)
set(study_html
  ../support/head.html
  study.html)
set(study_css
  ../report/report.css
  study.css)
set(study_js
  ../report/script/page.js
  ../report/script/charts.js
  script/dots.js
  script/study.js)
