# What the page is put together from, in this order. Workers run the scripts of `decoder` too.
set(view_texts html css decoder js)
set(view_html
  ../support/head.html
  view.html)
set(view_css view.css)
set(view_decoder
  script/model.js
  script/condition.js
  script/colors.js
  script/plain_network.js
  script/wasm_code.js
  script/wasm_network.js
  script/raster.js
  script/resample.js
  script/gl_text.js
  script/gl_network.js
  script/worker.js)
set(view_js
  script/dom.js
  script/route.js
  script/pool.js
  script/artist.js
  script/collection.js
  script/wall.js
  script/picker.js
  script/download.js
  script/frame.js
  script/gestures.js
  script/drawing.js
  script/image_view.js
  script/blend.js
  script/player.js
  script/morph_view.js
  script/map_view.js
  script/main.js)
