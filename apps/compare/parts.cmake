# What the page is put together from, in this order.
set(compare_texts html css js)
set(compare_html
  ../support/head.html
  compare.html)
set(compare_css compare.css)
set(compare_js
  ../report/script/page.js
  script/compare.js)
