# What the page is put together from.
set(compare_texts html css js)
set(compare_html compare.html)
set(compare_css compare.css)
set(compare_js script/compare.js)
