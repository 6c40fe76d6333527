# Copyright 2026 The pose3d_ros authors
# SPDX-License-Identifier: Apache-2.0
#
# The ROS wheels export include folders of the machine that built them, which CMake refuses.
# Included by project(); at the end of the folder's configuration it drops those that are missing.
function(drop_missing_includes)
  get_property(targets DIRECTORY PROPERTY IMPORTED_TARGETS)
  foreach(target IN LISTS targets)
    get_target_property(folders ${target} INTERFACE_INCLUDE_DIRECTORIES)
    if(folders)
      set(existing)
      foreach(folder IN LISTS folders)
        if(NOT folder MATCHES "^/opt/python/" OR EXISTS "${folder}")
          list(APPEND existing "${folder}")
        endif()
      endforeach()
      set_target_properties(${target} PROPERTIES INTERFACE_INCLUDE_DIRECTORIES "${existing}")
    endif()
  endforeach()
endfunction()
cmake_language(DEFER CALL drop_missing_includes)
