# What the page is put together from, in this order. Workers run the scripts of `decoder` too.
set(view_texts html css decoder js)
set(view_html view.html)
set(view_css view.css)
set(view_decoder
  script/model.js
  script/condition.js
  script/colors.js
  script/plain_network.js
  script/wasm_code.js
  script/wasm_network.js
  script/raster.js
  script/worker.js)
set(view_js
  script/dom.js)
